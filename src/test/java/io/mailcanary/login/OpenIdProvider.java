package io.mailcanary.login;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/// A small OpenID provider: discovery, authorization, token, keys (OpenID Connect Core 1.0 §3.1).
/// Whoever comes is logged in as the person that the test has put before it.
final class OpenIdProvider implements AutoCloseable {
  static final String CLIENT = "mailcanary";
  static final String SECRET = "a secret of a client";

  private final HttpServer server;
  private volatile RSAKey key;
  private final RSAKey foreignKey;
  private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
  private volatile Map<String, Object> person = Map.of("sub", "1");
  private volatile Lie lie = Lie.NONE;

  /// What it does wrong.
  enum Lie {
    NONE,
    FOREIGN_SIGNATURE,
    ANOTHER_AUDIENCE,
    ANOTHER_ISSUER,
    ANOTHER_NONCE,
    EXPIRED,
    UNSIGNED
  }

  OpenIdProvider() throws IOException, JOSEException {
    this(0);
  }

  /// @param port 0: any that is free
  OpenIdProvider(int port) throws IOException, JOSEException {
    key = newKey(UUID.randomUUID().toString());
    foreignKey = newKey(key.getKeyID());
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/.well-known/openid-configuration", this::discovery);
    server.createContext("/authorize", this::authorize);
    server.createContext("/token", this::token);
    server.createContext("/keys", this::keys);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  String issuer() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  void is(Map<String, Object> claims) {
    person = Map.copyOf(claims);
  }

  /// Signs with a new key from now on, and shows that alone.
  void changesItsKey() throws JOSEException {
    key = newKey(UUID.randomUUID().toString());
  }

  private static RSAKey newKey(String id) throws JOSEException {
    return new RSAKeyGenerator(2048).keyID(id).generate();
  }

  void tells(Lie what) {
    lie = what;
  }

  private void discovery(HttpExchange exchange) throws IOException {
    answer(
        exchange,
        200,
        Map.of(
            "issuer", issuer(),
            "authorization_endpoint", issuer() + "/authorize",
            "token_endpoint", issuer() + "/token",
            "jwks_uri", issuer() + "/keys",
            "response_types_supported", List.of("code"),
            "subject_types_supported", List.of("public"),
            "code_challenge_methods_supported", List.of("S256"),
            "token_endpoint_auth_methods_supported", List.of("client_secret_basic"),
            "id_token_signing_alg_values_supported", List.of("RS256")));
  }

  private void authorize(HttpExchange exchange) throws IOException {
    Map<String, String> asked = fields(exchange.getRequestURI().getRawQuery());
    boolean fits =
        CLIENT.equals(asked.get("client_id"))
            && "code".equals(asked.get("response_type"))
            && asked.getOrDefault("scope", "").contains("openid")
            && asked.containsKey("state")
            && asked.containsKey("nonce");
    if (!fits) {
      answer(exchange, 400, Map.of("error", "invalid_request", "asked", asked.toString()));
      return;
    }
    String code = UUID.randomUUID().toString();
    codes.put(code, asked);
    String back =
        "%s?code=%s&state=%s"
            .formatted(
                asked.get("redirect_uri"),
                code,
                URLEncoder.encode(asked.getOrDefault("state", ""), StandardCharsets.UTF_8));
    exchange.getResponseHeaders().add("Location", URI.create(back).toString());
    exchange.sendResponseHeaders(302, -1);
    exchange.close();
  }

  private void token(HttpExchange exchange) throws IOException {
    Map<String, String> form =
        fields(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    Map<String, String> asked = codes.remove(form.getOrDefault("code", ""));
    String login =
        "Basic "
            + Base64.getEncoder()
                .encodeToString((CLIENT + ":" + SECRET).getBytes(StandardCharsets.UTF_8));
    if (asked == null
        || !login.equals(exchange.getRequestHeaders().getFirst("Authorization"))
        || !String.valueOf(asked.get("redirect_uri")).equals(form.get("redirect_uri"))) {
      answer(exchange, 400, Map.of("error", "invalid_grant"));
      return;
    }
    try {
      answer(
          exchange,
          200,
          Map.of(
              "access_token",
              "x",
              "token_type",
              "Bearer",
              "expires_in",
              300,
              "id_token",
              idToken(asked.getOrDefault("nonce", ""))));
    } catch (JOSEException e) {
      answer(exchange, 500, Map.of("error", String.valueOf(e.getMessage())));
    }
  }

  private String idToken(String nonce) throws JOSEException {
    Instant now = Instant.now();
    JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder();
    person.forEach(claims::claim);
    JWTClaimsSet set =
        claims
            .issuer(lie == Lie.ANOTHER_ISSUER ? "https://elsewhere.example" : issuer())
            .audience(lie == Lie.ANOTHER_AUDIENCE ? "somebody else" : CLIENT)
            .issueTime(Date.from(now))
            .expirationTime(
                Date.from(
                    now.plus(lie == Lie.EXPIRED ? Duration.ofHours(-1) : Duration.ofHours(1))))
            .claim("nonce", lie == Lie.ANOTHER_NONCE ? "another" : nonce)
            .build();
    if (lie == Lie.UNSIGNED) {
      return new com.nimbusds.jwt.PlainJWT(set).serialize();
    }
    RSAKey current = key;
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(current.getKeyID()).build(), set);
    token.sign(new RSASSASigner(lie == Lie.FOREIGN_SIGNATURE ? foreignKey : current));
    return token.serialize();
  }

  private void keys(HttpExchange exchange) throws IOException {
    answer(exchange, 200, new JWKSet(key).toPublicJWKSet().toJSONObject());
  }

  private static void answer(HttpExchange exchange, int status, Object body) throws IOException {
    byte[] bytes = new ObjectMapper().writeValueAsBytes(body);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static Map<String, String> fields(String text) {
    Map<String, String> fields = new HashMap<>();
    for (String field : text == null ? new String[0] : text.split("&", 50)) {
      int equals = field.indexOf('=');
      if (equals > 0) {
        fields.put(
            field.substring(0, equals),
            URLDecoder.decode(field.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return fields;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
