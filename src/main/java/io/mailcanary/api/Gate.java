package io.mailcanary.api;

import io.mailcanary.runtime.ServiceSettings;
import io.mailcanary.runtime.ServiceSettings.Right;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Who may ask what. Without tokens the service answers on loopback alone; a page from elsewhere in
/// the operator's browser gets no answer at all (DNS rebinding, cross-site requests).
@ServerFilter("/**")
public final class Gate {
  private static final String BEARER = "bearer ";

  private final PlanSource plan;

  Gate(PlanSource plan) {
    this.plan = plan;
  }

  @RequestFilter
  @Nullable MutableHttpResponse<?> admit(HttpRequest<?> request) {
    ServiceSettings service = plan.get().service();
    String host = hostOf(request.getHeaders().get("Host"));
    if (!isOurs(host, service)) {
      return Problem.response(
          421,
          "this service is not '%s'; service.hosts lists the names it has".formatted(cut(host)));
    }
    String origin = request.getHeaders().get("Origin");
    if (origin != null && !isOurs(originHost(origin), service)) {
      return Problem.response(403, "requests from other sites are refused");
    }
    String path = request.getPath();
    if (path.startsWith("/health")) {
      return null;
    }
    InetAddress from = request.getRemoteAddress().getAddress();
    if (path.equals("/metrics") && Networks.contain(service.metricsFrom(), from)) {
      return null;
    }
    return refusal(request, service, from, isReading(request) ? Right.READ : Right.ACT);
  }

  /// Whether who asks may act too, for pages that show buttons.
  public boolean mayAct(HttpRequest<?> request) {
    InetAddress from = request.getRemoteAddress().getAddress();
    return refusal(request, plan.get().service(), from, Right.ACT) == null;
  }

  private static @Nullable MutableHttpResponse<?> refusal(
      HttpRequest<?> request, ServiceSettings service, InetAddress from, Right needed) {
    if (needed == Right.READ && service.publicRead()) {
      return null;
    }
    if (service.tokens().isEmpty()) {
      return from.isLoopbackAddress()
          ? null
          : Problem.response(403, "without tokens this service answers on loopback only");
    }
    Optional<ServiceSettings.Token> token = token(request, service.tokens());
    if (token.isEmpty()) {
      return Problem.response(401, "a token is needed: Authorization: Bearer …")
          .header("WWW-Authenticate", "Bearer realm=\"mailcanary\"");
    }
    return token.get().rights().contains(needed)
        ? null
        : Problem.response(
            403,
            "token '%s' lacks the right to %s"
                .formatted(token.get().name(), needed.name().toLowerCase(Locale.ROOT)));
  }

  private static boolean isReading(HttpRequest<?> request) {
    return switch (request.getMethod()) {
      case GET, HEAD, OPTIONS -> true;
      case POST, PUT, DELETE, PATCH, TRACE, CONNECT, CUSTOM -> false;
    };
  }

  private static Optional<ServiceSettings.Token> token(
      HttpRequest<?> request, List<ServiceSettings.Token> tokens) {
    String header = request.getHeaders().get("Authorization");
    if (header == null || !header.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
      return Optional.empty();
    }
    byte[] digest = sha256(header.substring(BEARER.length()).strip());
    return tokens.stream()
        .filter(token -> MessageDigest.isEqual(digest, HexFormat.of().parseHex(token.sha256())))
        .findFirst();
  }

  private static boolean isOurs(String host, ServiceSettings service) {
    return host.equals("localhost")
        || Networks.isLoopbackLiteral(host)
        || host.equals(service.listen())
        || service.hosts().stream().anyMatch(host::equalsIgnoreCase)
        || service.baseUrl().map(Gate::originHost).filter(host::equals).isPresent();
  }

  private static String hostOf(@Nullable String header) {
    return header == null ? "" : originHost("http://" + header);
  }

  private static String originHost(String url) {
    try {
      String host = URI.create(url).getHost();
      return host == null
          ? ""
          : Networks.canonical(host.toLowerCase(Locale.ROOT).replaceAll("^\\[|]$", ""));
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  private static String cut(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
