package io.mailcanary.login;

import io.mailcanary.api.PlanSource;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.server.util.DefaultHttpHostResolver;
import io.micronaut.http.server.util.HttpHostResolver;
import jakarta.inject.Singleton;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/// What the provider sends people back to: `base-url` where they came by its name, as behind a
/// proxy that ends TLS, else what they asked for. The gate has seen to it that it is a name of
/// ours.
@Singleton
@Replaces(DefaultHttpHostResolver.class)
@Requires(property = OpenId.SWITCH, value = "true")
final class OwnHost implements HttpHostResolver {
  private final PlanSource plan;

  OwnHost(PlanSource plan) {
    this.plan = plan;
  }

  @Override
  @SuppressWarnings("rawtypes") // As the interface has it.
  public String resolve(@Nullable HttpRequest request) {
    String host = request == null ? null : request.getHeaders().get("Host");
    String base = plan.get().service().baseUrl().orElse("");
    if (request == null || host == null) {
      return base;
    }
    if (!base.isEmpty()) {
      URI own = URI.create(base);
      if (host.equalsIgnoreCase(own.getAuthority())) {
        return own.getScheme() + "://" + own.getAuthority();
      }
    }
    boolean secure =
        request.isSecure()
            || "https".equalsIgnoreCase(request.getHeaders().get("X-Forwarded-Proto"));
    return (secure ? "https://" : "http://") + host;
  }
}
