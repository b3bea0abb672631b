package io.mailcanary.api;

import io.mailcanary.runtime.ServiceSettings;
import io.mailcanary.runtime.ServiceSettings.Right;
import io.mailcanary.runtime.ServiceSettings.Token;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.cookie.Cookie;
import io.micronaut.http.server.HttpServerConfiguration;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who may ask what. Without tokens and OpenID providers the service answers on loopback alone; a
/// page from elsewhere in the operator's browser gets no answer at all (DNS rebinding, cross-site
/// requests). A session acts by the forms of our own pages, never by the REST interface: what a
/// browser sends by itself is not enough there.
@ServerFilter("/**")
public final class Gate {
  private static final String BEARER = "bearer ";
  private static final int LONGEST_TOKEN = 4_096;

  private final PlanSource plan;
  private final Sessions sessions;
  private final Providers providers;
  private final HttpServerConfiguration server;
  private final InstantSource clock;

  /// Programs with an old token ask again and again and are no guessers yet.
  private final Attempts bearers = new Attempts(300, Duration.ofMinutes(1));

  private final Attempts logins = new Attempts(10, Duration.ofMinutes(5));

  /// @param server knows by which header a proxy tells whom it speaks for
  Gate(
      PlanSource plan,
      Sessions sessions,
      Providers providers,
      HttpServerConfiguration server,
      InstantSource clock) {
    this.plan = plan;
    this.sessions = sessions;
    this.providers = providers;
    this.server = server;
    this.clock = clock;
  }

  /// What became of a try to log in.
  public sealed interface Login {
    record Done(Cookie cookie) implements Login {}

    /// No token is like that.
    record Unknown() implements Login {}

    /// Too many tries.
    ///
    /// @param patience for so long
    record Later(Duration patience) implements Login {}
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
    InetAddress from = request.getRemoteAddress().getAddress();
    if (path.startsWith("/health") || isOpen(path)) {
      return null;
    }
    if (path.equals("/metrics") && Networks.contain(service.metricsFrom(), from)) {
      return null;
    }
    return refusal(request, service, from);
  }

  /// What the login page needs before anybody is known.
  private static boolean isOpen(String path) {
    return path.equals("/login")
        || path.equals("/logout")
        || path.startsWith("/login/")
        || path.startsWith("/oauth/")
        || path.startsWith("/assets/");
  }

  /// Who asks, for pages that show what they may do.
  public Visitor visitor(HttpRequest<?> request) {
    ServiceSettings service = plan.get().service();
    InetAddress from = request.getRemoteAddress().getAddress();
    if (!isGuarded(service)) {
      Set<Right> rights =
          from.isLoopbackAddress() ? EnumSet.allOf(Right.class) : EnumSet.noneOf(Right.class);
      return new Visitor("", withPublic(rights, service), false);
    }
    return switch (credentials(request, service)) {
      case Credentials.Of(Visitor visitor) ->
          new Visitor(visitor.name(), withPublic(visitor.rights(), service), visitor.inSession());
      case Credentials.None _, Credentials.Wrong _, Credentials.TooMany _ ->
          new Visitor("", withPublic(Set.of(), service), false);
    };
  }

  /// Whether somebody who was admitted long ago may still read.
  boolean readsOn(HttpRequest<?> request) {
    ServiceSettings service = plan.get().service();
    if (service.publicRead() || !isGuarded(service)) {
      return visitor(request).may(Right.READ);
    }
    return switch (credentials(request, service)) {
      case Credentials.Of(Visitor visitor) -> visitor.may(Right.READ);
      // Others guess from there; that says nothing of this one.
      case Credentials.TooMany _ -> true;
      case Credentials.None _, Credentials.Wrong _ -> false;
    };
  }

  /// Whether there is anything to log in with.
  public boolean isGuarded() {
    return isGuarded(plan.get().service());
  }

  /// Whether a token can be logged in with.
  public boolean hasTokens() {
    return !plan.get().service().tokens().isEmpty();
  }

  /// Begins a session with a token.
  public Login logIn(HttpRequest<?> request, String token) {
    ServiceSettings service = plan.get().service();
    String from = guesser(request);
    Duration wait = logins.begin(from, clock.instant());
    if (!wait.isZero()) {
      return new Login.Later(wait);
    }
    Optional<Token> found = token(token.strip(), service.tokens());
    found.ifPresent(_ -> logins.succeeded(from));
    return found
        .<Login>map(known -> new Login.Done(sessions.begin(request, known)))
        .orElseGet(Login.Unknown::new);
  }

  private boolean isGuarded(ServiceSettings service) {
    return !service.tokens().isEmpty() || !providers.all().isEmpty();
  }

  private static Set<Right> withPublic(Set<Right> rights, ServiceSettings service) {
    Set<Right> all = EnumSet.noneOf(Right.class);
    all.addAll(rights);
    if (service.publicRead()) {
      all.add(Right.READ);
    }
    return all;
  }

  private @Nullable MutableHttpResponse<?> refusal(
      HttpRequest<?> request, ServiceSettings service, InetAddress from) {
    Right needed = isReading(request) ? Right.READ : Right.ACT;
    if (needed == Right.READ && service.publicRead()) {
      return null;
    }
    if (!isGuarded(service)) {
      return from.isLoopbackAddress()
          ? null
          : Problem.response(403, "without tokens this service answers on loopback only");
    }
    return switch (credentials(request, service)) {
      case Credentials.Of(Visitor visitor) -> refusal(request, visitor, needed);
      case Credentials.TooMany(Duration wait) ->
          Problem.response(429, "too many wrong tokens from your address; try again later")
              .header(HttpHeaders.RETRY_AFTER, Long.toString(wait.toSeconds()));
      case Credentials.None _, Credentials.Wrong _ ->
          isForPeople(request)
              ? HttpResponse.seeOther(
                  URI.create(
                      (sessions.isInDoubt(request) ? "/login?failed=doubt&to=" : "/login?to=")
                          + encoded(wanted(request))))
              : Problem.response(401, "a token is needed: Authorization: Bearer …")
                  .header("WWW-Authenticate", "Bearer realm=\"mailcanary\"");
    };
  }

  private static @Nullable MutableHttpResponse<?> refusal(
      HttpRequest<?> request, Visitor visitor, Right needed) {
    if (!visitor.may(needed)) {
      return Problem.response(
          403,
          "'%s' lacks the right to %s"
              .formatted(visitor.name(), needed.name().toLowerCase(Locale.ROOT)));
    }
    return needed == Right.ACT && visitor.inSession() && request.getPath().startsWith("/api/")
        ? Problem.response(403, "a session acts by the pages; the REST interface asks for a token")
        : null;
  }

  /// What a request has to show.
  private sealed interface Credentials {
    record None() implements Credentials {}

    record Of(Visitor visitor) implements Credentials {}

    record Wrong() implements Credentials {}

    record TooMany(Duration patience) implements Credentials {}
  }

  private Credentials credentials(HttpRequest<?> request, ServiceSettings service) {
    String header = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
    if (header != null && header.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
      return bearer(header.substring(BEARER.length()).strip(), service, guesser(request));
    }
    return sessions
        .find(request)
        .flatMap(session -> visitor(session, service))
        .<Credentials>map(Credentials.Of::new)
        .orElseGet(Credentials.None::new);
  }

  private Credentials bearer(String text, ServiceSettings service, String from) {
    Duration wait = bearers.begin(from, clock.instant());
    if (!wait.isZero()) {
      return new Credentials.TooMany(wait);
    }
    Optional<Token> token = token(text, service.tokens());
    token.ifPresent(_ -> bearers.succeeded(from));
    return token
        .<Credentials>map(known -> new Credentials.Of(visitor(known, false)))
        .orElseGet(Credentials.Wrong::new);
  }

  /// The address that guesses are counted by. A proxy puts the one it was asked from last.
  private String guesser(HttpRequest<?> request) {
    String header = server.getClientAddressHeader();
    String told = header == null ? null : request.getHeaders().get(header);
    return told == null
        ? request.getRemoteAddress().getAddress().getHostAddress()
        : told.substring(told.lastIndexOf(',') + 1).strip();
  }

  private Optional<Visitor> visitor(Sessions.Session session, ServiceSettings service) {
    if (session.digest().isEmpty()) {
      return providers.all().isEmpty()
          ? Optional.empty()
          : Optional.of(new Visitor(session.name(), session.rights(), true));
    }
    return service.tokens().stream()
        .filter(token -> token.sha256().equals(session.digest()))
        .findFirst()
        .map(token -> visitor(token, true));
  }

  private static Visitor visitor(Token token, boolean inSession) {
    return new Visitor(token.name(), Set.copyOf(token.rights()), inSession);
  }

  private static boolean isReading(HttpRequest<?> request) {
    return switch (request.getMethod()) {
      case GET, HEAD, OPTIONS -> true;
      case POST, PUT, DELETE, PATCH, TRACE, CONNECT, CUSTOM -> false;
    };
  }

  private static boolean isForPeople(HttpRequest<?> request) {
    String accept = request.getHeaders().get(HttpHeaders.ACCEPT);
    return accept != null && accept.contains("text/html") && !request.getPath().startsWith("/api/");
  }

  /// Where somebody wants to be once logged in; what they wanted to do they have to do again.
  private static String wanted(HttpRequest<?> request) {
    return isReading(request) ? request.getUri().toString() : "/";
  }

  private static Optional<Token> token(String text, List<Token> tokens) {
    if (text.isEmpty() || text.length() > LONGEST_TOKEN) {
      return Optional.empty();
    }
    byte[] digest = sha256(text);
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

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String cut(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
