package io.mailcanary.login;

import io.mailcanary.api.Providers;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.util.List;

/// Where tokens are all there is, or nothing.
@Singleton
@Requires(property = OpenId.SWITCH, notEquals = "true")
final class NoProviders implements Providers {
  @Override
  public List<Provider> all() {
    return List.of();
  }
}
