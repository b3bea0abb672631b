package io.mailcanary.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.lab.Command;
import io.mailcanary.lab.Ports;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/// `serve` as a process of its own, in a folder of its own, asked by REST.
///
/// A second process holds a leash: should this JVM die without a word, it ends the service.
final class RunningMailcanary implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(60);

  private static final Duration ORDERLY = Duration.ofSeconds(20);
  private static final int QUOTED = 6_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final Map<String, String> environment;
  private final int port = Ports.free();
  private final HttpClient client = HttpClient.newHttpClient();
  private @Nullable Process process;
  private @Nullable Process leash;

  RunningMailcanary(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.environment = Map.copyOf(environment);
    try {
      Files.createDirectories(probes());
      // The domains of these tests are nowhere in DNS.
      Files.writeString(probes().resolve("dns.yaml"), "dns: { ignore: [test] }\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RunningMailcanary(Path folder) {
    this(folder, Map.of());
  }

  Path folder() {
    return folder;
  }

  Path probes() {
    return folder.resolve("probes");
  }

  int port() {
    return port;
  }

  /// Writes a probe file at once, as an editor or a deployment does.
  RunningMailcanary probes(String name, String text) {
    try {
      Path draft = Files.writeString(folder.resolve("draft"), text);
      Files.move(
          draft,
          probes().resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Starts it and waits until it answers.
  RunningMailcanary start() {
    begin();
    awaitThat("it answers", LIMIT, this::answers);
    return this;
  }

  /// Starts it without waiting.
  void begin() {
    try {
      Process started =
          Jar.builder(
                  folder,
                  environment,
                  "serve",
                  "--probes",
                  "probes",
                  "--port",
                  Integer.toString(port))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()))
              .start();
      process = started;
      leash =
          new ProcessBuilder(
                  "sh",
                  "-c",
                  "read -r word && exit 0; kill -s KILL \"$0\"",
                  Long.toString(started.pid()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean answers() {
    if (process == null || !process.isAlive()) {
      throw new AssertionError("the service ended by itself:\n" + tail());
    }
    try {
      return send("GET", "/api/v1/status").statusCode() == 200;
    } catch (UncheckedIOException _) {
      return false;
    }
  }

  /// Whether it says that it is ready for work.
  boolean isReady() {
    if (process == null || !process.isAlive()) {
      throw new AssertionError("the service ended by itself:\n" + tail());
    }
    try {
      return send("GET", "/health/readiness").statusCode() == 200;
    } catch (UncheckedIOException _) {
      return false;
    }
  }

  /// Sends it a signal, such as `STOP` and `CONT`.
  void signal(String name) {
    Command.run(ORDERLY, List.of("kill", "-s", name, Long.toString(pid())), Map.of()).orFail();
  }

  long pid() {
    return Objects.requireNonNull(process, "started").pid();
  }

  boolean alive() {
    return process != null && process.isAlive();
  }

  /// As a power cut: `kill -9`.
  void kill() {
    end(true);
  }

  /// In order: SIGTERM.
  void stop() {
    end(false);
  }

  private void end(boolean abruptly) {
    Process running = process;
    if (running == null) {
      return;
    }
    try {
      if (!abruptly) {
        running.destroy();
        running.waitFor(ORDERLY.toMillis(), TimeUnit.MILLISECONDS);
      }
      running.destroyForcibly();
      running.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      process = null;
      release();
    }
  }

  private void release() {
    Process held = leash;
    if (held == null) {
      return;
    }
    leash = null;
    try (OutputStream stdin = held.getOutputStream()) {
      stdin.write("done\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException _) {
      // it has ended already
    }
  }

  @Override
  public void close() {
    kill();
    client.close();
  }

  HttpResponse<String> send(String method, String resource) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + resource))
              .timeout(Duration.ofSeconds(10))
              .method(method, HttpRequest.BodyPublishers.noBody())
              .build();
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// What stands at a resource below `/api/v1`.
  JsonNode get(String resource) {
    HttpResponse<String> answer = send("GET", "/api/v1" + resource);
    if (answer.statusCode() != 200) {
      throw new AssertionError(
          "GET %s: %d %s%n%s".formatted(resource, answer.statusCode(), answer.body(), tail()));
    }
    try {
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JsonNode path(String name) {
    return get("/paths/" + name);
  }

  String health(String name) {
    return path(name).path("health").asText();
  }

  /// All canaries of a path, newest first, page by page.
  List<JsonNode> canaries(String path) {
    List<JsonNode> all = new ArrayList<>();
    String before = "";
    do {
      JsonNode page = get("/paths/%s/canaries?limit=200%s".formatted(path, before));
      page.path("items").forEach(all::add);
      before = page.path("next").isNull() ? "" : "&before=" + page.path("next").asText();
    } while (!before.isEmpty());
    return all;
  }

  List<JsonNode> canaries(String path, Predicate<JsonNode> which) {
    return canaries(path).stream().filter(which).toList();
  }

  /// A canary's own resource, with its events and hops.
  JsonNode canary(String id) {
    return get("/canaries/" + id);
  }

  /// The newest event of a kind.
  static JsonNode event(JsonNode canary, String kind) {
    JsonNode found = JSON.missingNode();
    for (JsonNode event : canary.path("events")) {
      if (event.path("kind").asText().equals(kind)) {
        found = event;
      }
    }
    return found;
  }

  void awaitHealth(String path, String health) {
    awaitHealth(path, health, LIMIT);
  }

  void awaitHealth(String path, String health, Duration limit) {
    try {
      await(limit).until(() -> health(path).equals(health));
    } catch (ConditionTimeoutException _) {
      throw new AssertionError(
          "path %s is not %s within %s but %s%nits newest canaries: %s%n%s"
              .formatted(
                  path,
                  health,
                  limit,
                  path(path),
                  get("/paths/" + path + "/canaries?limit=5"),
                  tail()));
    }
  }

  void awaitThat(String what, Predicate<RunningMailcanary> condition) {
    awaitThat(what, LIMIT, () -> condition.test(this));
  }

  void awaitThat(String what, Duration limit, java.util.concurrent.Callable<Boolean> condition) {
    try {
      await(limit).until(condition);
    } catch (ConditionTimeoutException _) {
      throw new AssertionError("within %s not so: %s%n%s".formatted(limit, what, tail()));
    }
  }

  private static org.awaitility.core.ConditionFactory await(Duration limit) {
    return Awaitility.await()
        .atMost(limit)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(100));
  }

  private Path logFile() {
    return folder.resolve("log");
  }

  /// All that it wrote.
  String log() {
    try {
      return Files.exists(logFile()) ? Files.readString(logFile()) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String tail() {
    String text = log();
    return text.length() <= QUOTED ? text : "…" + text.substring(text.length() - QUOTED);
  }
}
