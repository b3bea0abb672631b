package io.mailcanary.login;

import io.mailcanary.api.PlanSource;
import io.mailcanary.api.Sessions;
import io.mailcanary.runtime.ServiceSettings.Person;
import io.mailcanary.runtime.ServiceSettings.Right;
import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.security.authentication.AuthenticationResponse;
import io.micronaut.security.handlers.RedirectingLoginHandler;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Begins our session for whom a provider has vouched.
@Singleton
@Requires(property = OpenId.SWITCH, value = "true")
final class SessionBeginning
    implements RedirectingLoginHandler<HttpRequest<?>, MutableHttpResponse<?>> {
  private static final Logger LOG = LoggerFactory.getLogger(SessionBeginning.class);

  /// The first that a provider tells is what people know themselves by.
  private static final List<String> NAMES = List.of("email", "preferred_username", "name");

  private final PlanSource plan;
  private final Sessions sessions;

  SessionBeginning(PlanSource plan, Sessions sessions) {
    this.plan = plan;
    this.sessions = sessions;
  }

  @Override
  public MutableHttpResponse<?> loginSuccess(Authentication person, HttpRequest<?> request) {
    Map<String, Object> claims = person.getAttributes();
    String name = name(person);
    Set<Right> rights = rights(claims, plan.get().service().people());
    if (rights.isEmpty()) {
      LOG.warn("login: {} fits none of service.people", name);
      return HttpResponse.seeOther(URI.create("/login?failed=rights"));
    }
    LOG.info("login: {} may {}", name, rights);
    return HttpResponse.seeOther(LoginByProvider.wanted(request))
        .cookie(sessions.begin(request, name, rights));
  }

  @Override
  public MutableHttpResponse<?> loginRefresh(
      Authentication person, String refreshToken, HttpRequest<?> request) {
    return loginSuccess(person, request);
  }

  @Override
  public MutableHttpResponse<?> loginFailed(
      AuthenticationResponse response, HttpRequest<?> request) {
    LOG.warn("login by provider failed: {}", response.getMessage().orElse("no reason given"));
    return HttpResponse.seeOther(URI.create("/login?failed=provider"));
  }

  /// Where nothing is said of people, all of them read.
  static Set<Right> rights(Map<String, Object> claims, List<Person> people) {
    if (people.isEmpty()) {
      return EnumSet.of(Right.READ);
    }
    Set<Right> rights = EnumSet.noneOf(Right.class);
    people.stream()
        .filter(one -> values(claims.get(one.claim())).anyMatch(one.value()::equals))
        .forEach(one -> rights.addAll(one.rights()));
    return rights;
  }

  private static Stream<String> values(@Nullable Object claim) {
    return switch (claim) {
      case null -> Stream.empty();
      case Collection<?> several -> several.stream().map(String::valueOf);
      default -> Stream.of(claim.toString());
    };
  }

  private static String name(Authentication person) {
    return NAMES.stream()
        .map(person.getAttributes()::get)
        .filter(String.class::isInstance)
        .map(String.class::cast)
        .filter(name -> !name.isBlank())
        .findFirst()
        .orElseGet(person::getName);
  }
}
