package io.mailcanary.config;

import io.mailcanary.canary.SigningKeys;
import io.mailcanary.path.Secret;
import io.mailcanary.runtime.ServiceSettings;
import io.mailcanary.runtime.ServiceSettings.Person;
import io.mailcanary.runtime.ServiceSettings.Retention;
import io.mailcanary.runtime.ServiceSettings.Right;
import io.mailcanary.runtime.ServiceSettings.SigningSecret;
import io.mailcanary.runtime.ServiceSettings.Token;
import io.mailcanary.runtime.ServiceSettings.Tracing;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/// `service`
final class ServiceTable extends Table<ServiceSettings> {
  private static final String DEFAULT_LISTEN = "127.0.0.1";
  private static final Pattern SITE = Pattern.compile("[A-Za-z0-9._-]{0,64}");

  private final OfRetention retention = new OfRetention();

  private final Key.Sure<String> listen =
      key(
          "listen",
          AddressKinds.ipAddress(),
          DEFAULT_LISTEN,
          "The IP address that the HTTP server binds. Any other than a loopback address needs"
              + " `tokens`, an OpenID provider (Micronaut's own settings) or `public-read`.");
  private final Key.Maybe<String> baseUrl =
      optional(
          "base-url", AddressKinds.url(), "What links to the pages of this service start with.");
  private final Key.Sure<List<String>> hosts =
      key(
          "hosts",
          Kinds.listOf(AddressKinds.host(), "a list of host names", 0),
          List.of(),
          "Host names that it answers to, beside localhost.");
  private final Key.Sure<List<Token>> tokens =
      key(
          "tokens",
          Kinds.listOf(new OfToken(), "a list of tokens", 0),
          List.of(),
          "Bearer tokens, known by their digests alone.");
  private final Key.Sure<List<Person>> people =
      key(
          "people",
          Kinds.listOf(new OfPerson(), "a list of people", 0),
          List.of(),
          "What those may do whom an OpenID provider vouches for, by what it says of them. None:"
              + " all of them may read.");
  private final Key.Sure<Boolean> publicRead =
      key(
          "public-read",
          Kinds.bool(),
          false,
          "Whether everybody may see the status page and read by GET.");
  private final Key.Sure<List<String>> metricsFrom =
      key(
          "metrics-from",
          Kinds.listOf(AddressKinds.network(), "a list of networks", 0),
          List.of(),
          "Networks that may read /metrics without a token.");
  private final Key.Sure<List<SigningSecret>> signingKeys =
      key(
          "signing-keys",
          Kinds.listOf(new OfSigningKey(), "a list of signing keys", 0),
          List.of(),
          "The keys that sign canaries, newest first; replicas share them. None: one is made in"
              + " data/.");
  private final Key.Sure<String> site =
      key(
          "site",
          Kinds.matching("the name of a site, or nothing", SITE, "no name of a site"),
          "",
          "The site of this replica.");
  private final Key.Sure<Integer> receiverLimit =
      key(
          "receiver-limit",
          Kinds.number(1, 1_000_000),
          ServiceSettings.DEFAULT_RECEIVER_LIMIT,
          "How many canaries are handed over for one recipient's domain in a minute, at most,"
              + " confirmations and answers among them, by all replicas of a site together; more"
              + " are not sent.");
  private final Key.Sure<Retention> retain =
      key("retain", retention, retention.defaults(), "How long things are kept.");

  private final Key.Maybe<Tracing> tracing =
      optional(
          "tracing",
          new OfTracing(),
          "Who collects OpenTelemetry's traces: each canary's way is told there once its fate is"
              + " known.");

  ServiceTable() {
    super("the keys of the service");
  }

  @Override
  void check(Row row) {
    row.find(tokens).ifPresent(all -> unique(row, tokens, all, Token::name));
    row.find(signingKeys).ifPresent(all -> unique(row, signingKeys, all, SigningSecret::id));
    boolean guarded =
        row.find(publicRead).orElse(true)
            || row.find(tokens).filter(List::isEmpty).isEmpty()
            || row.reader().environment().apply(ProbeFolder.OPENID).isPresent();
    if (!guarded && row.find(listen).filter(ServiceTable::isPublic).isPresent()) {
      row.fault(
          listen,
          "is reachable from other hosts without any token, expected a loopback address, tokens,"
              + " an OpenID provider or 'public-read: true'");
    }
  }

  private static boolean isPublic(String address) {
    return !AddressKinds.address(address).map(InetAddress::isLoopbackAddress).orElse(false);
  }

  private static <T> void unique(
      Row row, Key<List<T>> key, List<T> items, Function<T, String> name) {
    Set<String> seen = new HashSet<>();
    for (T item : items) {
      if (!seen.add(name.apply(item))) {
        row.fault(
            key,
            "has %s twice, expected different names".formatted(Scalar.quote(name.apply(item))));
      }
    }
  }

  @Override
  ServiceSettings build(Row row) {
    return new ServiceSettings(
        row.get(listen),
        row.find(baseUrl),
        row.get(hosts),
        row.get(tokens),
        row.get(people),
        row.get(publicRead),
        row.get(metricsFrom),
        row.get(signingKeys),
        row.get(site),
        row.get(receiverLimit),
        row.get(retain),
        row.find(tracing));
  }

  /// `service.tokens[]`
  private static final class OfToken extends Table<Token> {
    private final Key.Sure<String> name =
        required("name", Kinds.line("a name of 1 to 100 characters", 100), "Who uses it.");
    private final Key.Sure<String> sha256 =
        required(
            "sha256", Kinds.digest(), "The SHA-256 digest of the token, in hexadecimal digits.");
    private final Key.Sure<List<Right>> rights =
        required(
            "rights",
            Kinds.listOf(Kinds.oneOf(Right.class), "a list of read and act", 1),
            "What it allows: `read`, `act`.");

    OfToken() {
      super("the keys of a token: name, sha256, rights");
    }

    @Override
    Token build(Row row) {
      return new Token(row.get(name), row.get(sha256).toLowerCase(Locale.ROOT), row.get(rights));
    }
  }

  /// `service.people[]`
  static final class OfPerson extends Table<Person> {
    private final Key.Sure<String> claim =
        required(
            "claim",
            Kinds.line("the name of a claim, such as groups or email", 100),
            "What the provider says of people.");
    private final Key.Sure<String> value =
        required(
            "value",
            Kinds.line("a value of 1 to 200 characters", 200),
            "What the claim is, or what is among its values.");
    private final Key.Sure<List<Right>> rights =
        required(
            "rights",
            Kinds.listOf(Kinds.oneOf(Right.class), "a list of read and act", 1),
            "What they may do: `read`, `act`.");

    OfPerson() {
      super("the keys of people: claim, value, rights");
    }

    @Override
    Person build(Row row) {
      return new Person(row.get(claim), row.get(value), row.get(rights));
    }
  }

  /// `service.signing-keys[]`
  private static final class OfSigningKey extends Table<SigningSecret> {
    private final Key.Sure<String> id =
        required(
            "id",
            Kinds.matching(
                "1 to 8 lower-case letters and digits", SigningKeys.ID, "no id of a key"),
            "Names the key in each canary.");
    private final Key.OfSecret secret = secret("secret", "The key, 16 bytes at least.");

    OfSigningKey() {
      super("the keys of a signing key: id, secret-file");
    }

    @Override
    void check(Row row) {
      if (!row.has(secret)) {
        row.fault(secret.inFile(), "is missing, expected it or secret");
      }
      row.find(secret)
          .filter(found -> bytes(found) < SigningKeys.SHORTEST_SECRET)
          .ifPresent(_ ->
              row.fault(
                  row.has(secret.inline()) ? secret.inline() : secret.inFile(),
                  "is too short, expected %d bytes at least"
                      .formatted(SigningKeys.SHORTEST_SECRET)));
    }

    private static int bytes(Secret secret) {
      return secret.value().getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    SigningSecret build(Row row) {
      return new SigningSecret(
          row.get(id),
          row.find(secret).orElseThrow(() -> new IllegalStateException("checked to be there")));
    }
  }

  /// `service.tracing`
  private static final class OfTracing extends Table<Tracing> {
    private final Key.Sure<String> url =
        required(
            "url",
            AddressKinds.url(),
            "Where OTLP is taken over HTTP, such as http://collector:4318/v1/traces.");
    private final Key.OfSecret authorization =
        secret("authorization", "The value of the header Authorization, such as `Bearer …`.");
    private final Key.Maybe<Path> caFile =
        optional(
            "ca-file",
            FileKinds.certificates(),
            "PEM certificates of authorities to trust instead of the system's.");
    private final Key.Sure<Integer> oneIn =
        key(
            "one-in",
            Kinds.number(1, 1_000_000),
            1,
            "One canary of so many is traced, the same one on each replica.");

    OfTracing() {
      super("the keys of tracing: url, authorization-file, ca-file, one-in");
    }

    @Override
    Tracing build(Row row) {
      return new Tracing(row.get(url), row.find(authorization), row.find(caFile), row.get(oneIn));
    }
  }

  /// `service.retain`
  private static final class OfRetention extends Table<Retention> {
    private final Key.Sure<Duration> canaries =
        key(
            "canaries",
            Kinds.duration(Duration.ofDays(10), Duration.ofDays(3_660)),
            Duration.ofDays(14),
            "Each canary with its evidence; late arrivals and bounces are known for ten days at"
                + " least.");
    private final Key.Sure<Duration> hourly =
        key(
            "hourly",
            Kinds.duration(Duration.ofDays(1), Duration.ofDays(3_660)),
            Duration.ofDays(400),
            "The figures of each hour.");

    OfRetention() {
      super("the keys of retention: canaries, hourly");
    }

    @Override
    Retention build(Row row) {
      return new Retention(row.get(canaries), row.get(hourly));
    }
  }
}
