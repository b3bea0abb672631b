package io.mailcanary.login;

import io.mailcanary.api.Destination;
import io.mailcanary.api.Providers;
import io.mailcanary.api.Sessions;
import io.micronaut.context.BeanContext;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.exceptions.BeanContextException;
import io.micronaut.context.exceptions.DisabledBeanException;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.client.exceptions.HttpClientException;
import io.micronaut.http.cookie.Cookie;
import io.micronaut.inject.qualifiers.Qualifiers;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.oauth2.client.DefaultOpenIdProviderMetadata;
import io.micronaut.security.oauth2.url.OauthRouteUrlBuilder;
import io.swagger.v3.oas.annotations.Hidden;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Remembers where somebody wants to be, and leads to the provider.
@Hidden
@Controller("/login/with")
@ExecuteOn(TaskExecutors.BLOCKING)
@Requires(property = OpenId.SWITCH, value = "true")
final class LoginByProvider {
  private static final Logger LOG = LoggerFactory.getLogger(LoginByProvider.class);
  private static final String COOKIE = "mailcanary-to";
  private static final long MEMORY = 600;

  private final Providers providers;
  private final OauthRouteUrlBuilder<?> addresses;
  private final Sessions sessions;
  private final BeanContext context;

  LoginByProvider(
      Providers providers,
      OauthRouteUrlBuilder<?> addresses,
      Sessions sessions,
      BeanContext context) {
    this.context = context;
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
    if (!knows(name)) {
      return HttpResponse.seeOther(URI.create("/login?failed=provider"));
    }
    String wanted = URLEncoder.encode(Destination.safe(to), StandardCharsets.UTF_8);
    return HttpResponse.seeOther(addresses.buildLoginUri(name))
        .cookie(sessions.ours(request, COOKIE, wanted, MEMORY));
  }

  /// Whether we know where to send people. The provider may have been away when we started, and is
  /// asked again here, where waiting hurts nobody.
  private boolean knows(String name) {
    try {
      if (context
          .findBean(DefaultOpenIdProviderMetadata.class, Qualifiers.byName(name))
          .isPresent()) {
        return true;
      }
      LOG.warn("login: provider {} does not answer", name);
    } catch (BeanContextException | DisabledBeanException | HttpClientException e) {
      LOG.warn("login: provider {} does not answer: {}", name, e.getMessage());
    }
    return false;
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
