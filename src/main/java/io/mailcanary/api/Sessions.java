package io.mailcanary.api;

import io.mailcanary.path.Secret;
import io.mailcanary.runtime.ServiceSettings;
import io.mailcanary.runtime.ServiceSettings.Right;
import io.mailcanary.runtime.ServiceSettings.SigningSecret;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.cookie.Cookie;
import io.micronaut.http.cookie.SameSite;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Who is logged in in a browser. The cookie says it itself, signed with a key that replicas share
/// where they share the keys of canaries; without such keys each process has its own, and a restart
/// ends all sessions. What a token may do is looked up at each request, so a token that is taken
/// away ends its sessions.
@Singleton
public final class Sessions {
  static final String COOKIE = "mailcanary-session";
  static final Duration LIFETIME = Duration.ofHours(12);

  private static final String ALGORITHM = "HmacSHA256";
  private static final String PURPOSE = "mailcanary session 1";
  private static final int LONGEST = 1_200;
  private static final int LONGEST_NAME = 100;
  private static final int FIELDS = 5;

  private final PlanSource plan;
  private final LogOutSource logOuts;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final byte[] ownKey = new byte[32];

  /// A session.
  ///
  /// @param id random
  /// @param digest of the token that it stands for; empty: a person whom a provider vouches for
  /// @param rights of a person; those of a token are looked up
  /// @param name as people are called
  /// @param until it ends by itself
  record Session(String id, String digest, Set<Right> rights, String name, Instant until) {}

  Sessions(PlanSource plan, LogOutSource logOuts, InstantSource clock) {
    this.plan = plan;
    this.logOuts = logOuts;
    this.clock = clock;
    random.nextBytes(ownKey);
  }

  /// Begins a session of somebody whom a provider vouches for.
  public Cookie begin(HttpRequest<?> request, String name, Set<Right> rights) {
    return begin(request, "", rights, name);
  }

  Cookie begin(HttpRequest<?> request, ServiceSettings.Token token) {
    return begin(request, token.sha256(), Set.of(), token.name());
  }

  private Cookie begin(HttpRequest<?> request, String digest, Set<Right> rights, String name) {
    byte[] id = new byte[16];
    random.nextBytes(id);
    String line = name.replaceAll("\\p{Cntrl}", " ").strip();
    Session session =
        new Session(
            HexFormat.of().formatHex(id),
            digest,
            rights,
            line.substring(0, Math.min(LONGEST_NAME, line.length())),
            clock.instant().plus(LIFETIME));
    return ours(request, COOKIE, signed(session), LIFETIME.toSeconds());
  }

  /// Ends the session of the request, for good on every replica and in the browser.
  public Cookie end(HttpRequest<?> request) {
    signed(request).ifPresent(session -> logOuts.get().end(session.id(), session.until()));
    return ours(request, COOKIE, "", 0);
  }

  Optional<Session> find(HttpRequest<?> request) {
    return signed(request).filter(session -> state(session) == LogOuts.State.GOES_ON);
  }

  /// Whether there is a session of which nobody can tell for now whether it was ended.
  boolean isInDoubt(HttpRequest<?> request) {
    return signed(request).filter(session -> state(session) == LogOuts.State.IN_DOUBT).isPresent();
  }

  private LogOuts.State state(Session session) {
    return logOuts.get().state(session.id(), session.until().minus(LIFETIME), clock.instant());
  }

  private Optional<Session> signed(HttpRequest<?> request) {
    return request
        .getCookies()
        .findCookie(COOKIE)
        .map(Cookie::getValue)
        .filter(value -> value.length() <= LONGEST)
        .flatMap(this::verified)
        .filter(session -> session.until().isAfter(clock.instant()));
  }

  /// Whether the browser came by TLS, here or at a proxy that stands before us.
  static boolean isSecure(HttpRequest<?> request, ServiceSettings service) {
    return request.isSecure()
        || "https".equalsIgnoreCase(request.getHeaders().get("X-Forwarded-Proto"))
        || service.baseUrl().filter(url -> url.startsWith("https:")).isPresent()
            && !isLoopback(request);
  }

  /// A browser on this host comes without TLS, whatever the world outside does.
  private static boolean isLoopback(HttpRequest<?> request) {
    String host = request.getHeaders().get("Host");
    String name = host == null ? "" : host.replaceAll(":\\d+$", "");
    return name.equals("localhost") || Networks.isLoopbackLiteral(name.replaceAll("^\\[|]$", ""));
  }

  /// A cookie for our pages alone: no script reads it, no other site's form sends it.
  public Cookie ours(HttpRequest<?> request, String name, String value, long seconds) {
    return Cookie.of(name, value)
        .httpOnly(true)
        .secure(isSecure(request, plan.get().service()))
        // A link in a chat leads to an incident without another login.
        .sameSite(SameSite.Lax)
        .path("/")
        .maxAge(seconds);
  }

  private String signed(Session session) {
    String rights = String.join(",", session.rights().stream().map(Right::name).sorted().toList());
    byte[] content =
        String.join(
                "\n",
                session.id(),
                session.digest(),
                rights,
                session.name(),
                Long.toString(session.until().getEpochSecond()))
            .getBytes(StandardCharsets.UTF_8);
    return base64(content) + "." + base64(mac(keys().getFirst(), content));
  }

  private Optional<Session> verified(String value) {
    int dot = value.indexOf('.');
    if (dot < 0) {
      return Optional.empty();
    }
    try {
      byte[] content = Base64.getUrlDecoder().decode(value.substring(0, dot));
      byte[] mac = Base64.getUrlDecoder().decode(value.substring(dot + 1));
      return keys().stream().anyMatch(key -> MessageDigest.isEqual(mac, mac(key, content)))
          ? read(new String(content, StandardCharsets.UTF_8))
          : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// What we have signed ourselves.
  private static Optional<Session> read(String content) {
    String[] fields = content.split("\n", -1);
    if (fields.length != FIELDS) {
      return Optional.empty();
    }
    Set<Right> rights = EnumSet.noneOf(Right.class);
    for (String right : fields[2].split(",")) {
      if (!right.isEmpty()) {
        rights.add(Right.valueOf(right));
      }
    }
    return Optional.of(
        new Session(
            fields[0],
            fields[1],
            rights,
            fields[3],
            Instant.ofEpochSecond(Long.parseLong(fields[4]))));
  }

  private List<byte[]> keys() {
    List<byte[]> keys = new ArrayList<>();
    for (SigningSecret key : plan.get().service().signingKeys()) {
      Secret secret = key.secret();
      keys.add(
          mac(
              secret.value().getBytes(StandardCharsets.UTF_8),
              PURPOSE.getBytes(StandardCharsets.UTF_8)));
    }
    return keys.isEmpty() ? List.of(ownKey) : keys;
  }

  private static byte[] mac(byte[] key, byte[] content) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return mac.doFinal(content);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + ALGORITHM, e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
