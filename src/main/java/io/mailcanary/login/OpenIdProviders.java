package io.mailcanary.login;

import io.mailcanary.api.Providers;
import io.micronaut.context.annotation.Requires;
import io.micronaut.security.oauth2.configuration.OauthClientConfiguration;
import jakarta.inject.Singleton;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;

/// Those that are configured.
@Singleton
@Requires(property = OpenId.SWITCH, value = "true")
final class OpenIdProviders implements Providers {
  private final List<Provider> all;

  OpenIdProviders(List<OauthClientConfiguration> configured) {
    all =
        configured.stream()
            .filter(OauthClientConfiguration::isEnabled)
            .filter(one -> one.getOpenid().isPresent())
            .map(one -> new Provider(one.getName(), LoginByProvider.link(one.getName())))
            .sorted(Comparator.comparing(Provider::name))
            .toList();
  }

  @Override
  public List<Provider> all() {
    return all;
  }

  static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
