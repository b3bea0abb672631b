package io.mailcanary.login;

import io.mailcanary.api.Destination;
import io.mailcanary.api.Providers;
import io.mailcanary.api.Sessions;
import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.cookie.Cookie;
import io.micronaut.security.oauth2.url.OauthRouteUrlBuilder;
import io.swagger.v3.oas.annotations.Hidden;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Remembers where somebody wants to be, and leads to the provider.
@Hidden
@Controller("/login/with")
@Requires(property = OpenId.SWITCH, value = "true")
final class LoginByProvider {
  private static final String COOKIE = "mailcanary-to";
  private static final long MEMORY = 600;

  private final Providers providers;
  private final OauthRouteUrlBuilder<?> addresses;
  private final Sessions sessions;

  LoginByProvider(Providers providers, OauthRouteUrlBuilder<?> addresses, Sessions sessions) {
    this.providers = providers;
    this.addresses = addresses;
    this.sessions = sessions;
  }

  static String link(String provider) {
    return "/login/with/" + OpenIdProviders.encoded(provider);
  }

  @Get("/{name}")
  @Produces({MediaType.TEXT_HTML, MediaType.ALL})
  HttpResponse<?> lead(HttpRequest<?> request, String name, @Nullable @QueryValue String to) {
    if (providers.all().stream().noneMatch(one -> one.name().equals(name))) {
      return HttpResponse.notFound();
    }
    String wanted = URLEncoder.encode(Destination.safe(to), StandardCharsets.UTF_8);
    return HttpResponse.seeOther(addresses.buildLoginUri(name))
        .cookie(sessions.ours(request, COOKIE, wanted, MEMORY));
  }

  /// Where the way back leads.
  static URI wanted(HttpRequest<?> request) {
    String to =
        request
            .getCookies()
            .findCookie(COOKIE)
            .map(Cookie::getValue)
            .map(value -> URLDecoder.decode(value, StandardCharsets.UTF_8))
            .orElse("/");
    return URI.create(Destination.safe(to));
  }
}
