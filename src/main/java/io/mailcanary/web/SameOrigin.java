package io.mailcanary.web;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A form acts only when one of our own pages sent it. The gate lets other ports of the same host
/// pass, which is right for scripts and wrong for forms.
@ServerFilter("/**")
final class SameOrigin {
  @RequestFilter
  @Nullable MutableHttpResponse<?> admit(HttpRequest<?> request) {
    boolean form =
        switch (request.getMethod()) {
          case GET, HEAD, OPTIONS -> false;
          case POST, PUT, DELETE, PATCH, TRACE, CONNECT, CUSTOM ->
              !request.getPath().startsWith("/api/");
        };
    return form
        ? refusal(request)
            .<MutableHttpResponse<?>>map(
                why -> HttpResponse.status(HttpStatus.FORBIDDEN).body("Refused: " + why + ".\n"))
            .orElse(null)
        : null;
  }

  private static Optional<String> refusal(HttpRequest<?> request) {
    String site = request.getHeaders().get("Sec-Fetch-Site");
    if (site != null) {
      return site.equals("same-origin")
          ? Optional.empty()
          : Optional.of("the form comes from another site (Sec-Fetch-Site: not same-origin)");
    }
    String origin = request.getHeaders().get("Origin");
    String host = request.getHeaders().get("Host");
    if (origin == null || host == null) {
      return Optional.of("nothing says which page sent the form (no Origin)");
    }
    return origin.equals("http://" + host) || origin.equals("https://" + host)
        ? Optional.empty()
        : Optional.of("the form comes from another site (Origin)");
  }
}
