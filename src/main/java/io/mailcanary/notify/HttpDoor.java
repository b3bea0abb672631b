package io.mailcanary.notify;

import io.mailcanary.path.Secret;
import io.mailcanary.path.Tls;
import io.mailcanary.path.TlsMode;
import io.mailcanary.wire.Trust;
import io.mailcanary.wire.Visible;
import io.mailcanary.wire.WireException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/// The one way out by HTTP, for all channels: TLS is verified, redirects are not followed, and
/// neither a slow nor a talkative server costs more than its share. Names are looked up by the
/// system's resolver.
public final class HttpDoor implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration WHOLE = Duration.ofSeconds(15);
  private static final int LONGEST_ANSWER = 4 * 1024;
  private static final int LONGEST_WORDS = 300;
  private static final int SHORTEST_KEY = 8;

  private final Trust trust;
  private final InstantSource clock;
  private final Duration limit;
  private final ConcurrentMap<Optional<Path>, Client> clients = new ConcurrentHashMap<>();

  /// A client lives as long as the file of authorities is what it was: [Trust] reads it anew.
  private record Client(HttpClient http, long since) {}

  public HttpDoor(Trust trust, InstantSource clock) {
    this(trust, clock, WHOLE);
  }

  /// @param limit for the whole exchange
  public HttpDoor(Trust trust, InstantSource clock, Duration limit) {
    this.trust = trust;
    this.clock = clock;
    this.limit = limit;
  }

  /// One thing to send.
  ///
  /// @param headers beside those that every request has
  /// @param caFile PEM certificates to trust instead of the system's
  /// @param secrets what must not be seen where the answer is quoted
  public record Post(
      URI url,
      String body,
      Map<String, String> headers,
      Optional<Path> caFile,
      List<Secret> secrets) {
    public Post {
      headers = Map.copyOf(headers);
      secrets = List.copyOf(secrets);
    }

    /// JSON to a server that the system's authorities vouch for.
    public static Post json(URI url, String body, List<Secret> secrets) {
      return new Post(url, body, Map.of(), Optional.empty(), secrets);
    }
  }

  /// Sends JSON and reads the answer as those services mean it: 2xx is taken, 429, 408, 425 and 5xx
  /// are worth another attempt, all else is not.
  public Outcome post(Post post) throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(post.url())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(post.body(), StandardCharsets.UTF_8));
    post.headers().forEach(request::header);
    return exchange(request, post.url(), post.caFile(), post.secrets());
  }

  /// Asks an address for nothing but an answer.
  public Outcome get(Secret url) throws InterruptedException {
    URI uri = URI.create(url.value());
    return exchange(HttpRequest.newBuilder(uri).GET(), uri, Optional.empty(), List.of(url));
  }

  private Outcome exchange(
      HttpRequest.Builder request, URI url, Optional<Path> caFile, List<Secret> secrets)
      throws InterruptedException {
    HttpRequest whole =
        request
            .header("User-Agent", "mailcanary")
            .header("Accept", "application/json, text/plain;q=0.9, */*;q=0.1")
            .timeout(limit)
            .build();
    CompletableFuture<HttpResponse<String>> answer;
    try {
      answer = client(caFile).sendAsync(whole, _ -> new FirstBytes(LONGEST_ANSWER));
    } catch (WireException e) {
      return later(url, String.valueOf(e.getMessage()));
    }
    try {
      HttpResponse<String> response = answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return read(response, url, secrets);
    } catch (TimeoutException _) {
      return later(url, "no whole answer within %d s".formatted(limit.toSeconds()));
    } catch (ExecutionException e) {
      return later(url, words(e));
    } finally {
      answer.cancel(true);
    }
  }

  private Outcome read(HttpResponse<String> response, URI url, List<Secret> secrets) {
    int status = response.statusCode();
    String said = excerpt(response.body(), secrets);
    String words = "%s answers %d%s".formatted(url.getHost(), status, said);
    if (status >= 200 && status < 300) {
      return new Outcome.Taken(words);
    }
    if (status == 429 || status == 408 || status == 425 || status >= 500) {
      return new Outcome.Later(
          words,
          response
              .headers()
              .firstValue("Retry-After")
              .flatMap(value -> RetryAfter.read(value, clock.instant())));
    }
    if (status >= 300 && status < 400) {
      return new Outcome.Refused(
          words + ": redirects are not followed, expected the address where it is taken");
    }
    return new Outcome.Refused(words);
  }

  private static Outcome later(URI url, String why) {
    return new Outcome.Later("%s: %s".formatted(url.getHost(), why), Optional.empty());
  }

  private static String excerpt(String body, List<Secret> secrets) {
    String struck = body;
    for (Secret secret : secrets) {
      struck = struck.replace(secret.value(), "***");
      // Of an address whatever stands behind the host may be the key.
      for (String part : secret.value().split("[/?&=]", -1)) {
        struck = part.length() < SHORTEST_KEY ? struck : struck.replace(part, "***");
      }
    }
    String line = Visible.text(struck.strip().replaceAll("\\s+", " "), LONGEST_WORDS);
    return line.isEmpty() ? "" : " (" + line + ")";
  }

  /// Messages of the client may hold the address, which may be a secret.
  private static String words(Throwable thrown) {
    if (find(thrown, UnresolvedAddressException.class).isPresent()) {
      return "the system's resolver has no address for this name";
    }
    if (find(thrown, HttpConnectTimeoutException.class).isPresent()) {
      return "no connection within %d s".formatted(CONNECT.toSeconds());
    }
    if (find(thrown, HttpTimeoutException.class).isPresent()) {
      return "no answer in time";
    }
    Optional<SSLException> tls = find(thrown, SSLException.class);
    if (tls.isPresent()) {
      return "no TLS: " + Visible.text(deepest(tls.get()), LONGEST_WORDS);
    }
    Optional<ConnectException> connect = find(thrown, ConnectException.class);
    if (connect.isPresent()) {
      String why = connect.get().getMessage();
      return why == null ? "no connection" : "no connection: " + why;
    }
    return "the connection broke: " + deepestOf(thrown).getClass().getSimpleName();
  }

  private static <T extends Throwable> Optional<T> find(Throwable thrown, Class<T> type) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return Optional.of(type.cast(t));
      }
    }
    return Optional.empty();
  }

  private static String deepest(Throwable thrown) {
    return String.valueOf(deepestOf(thrown).getMessage());
  }

  private static Throwable deepestOf(Throwable thrown) {
    Throwable t = thrown;
    for (Throwable cause = t.getCause(); cause != null; cause = t.getCause()) {
      t = cause;
    }
    return t;
  }

  private HttpClient client(Optional<Path> caFile) throws WireException {
    long changed = caFile.map(HttpDoor::changed).orElse(0L);
    Client known = clients.get(caFile);
    if (known != null && known.since() == changed) {
      return known.http();
    }
    HttpClient fresh =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .sslContext(trust.context(new Tls(TlsMode.IMPLICIT, true, caFile)))
            .build();
    clients.put(caFile, new Client(fresh, changed));
    return fresh;
  }

  private static long changed(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis();
    } catch (IOException _) {
      return -1;
    }
  }

  @Override
  public void close() {
    clients.values().forEach(client -> client.http().shutdownNow());
  }
}
