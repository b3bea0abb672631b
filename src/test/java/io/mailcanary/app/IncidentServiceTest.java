package io.mailcanary.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.config.ProbeFolder;
import io.mailcanary.config.Reading;
import io.mailcanary.lab.HttpRecorder;
import io.mailcanary.lab.Ports;
import io.mailcanary.store.DatabaseSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// An incident as its users meet it: by REST and at a channel, from its beginning through a restart
/// to its end.
@Timeout(180)
class IncidentServiceTest {
  private static final Duration SOON = Duration.ofSeconds(45);
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String REFUSAL =
      "450 4.1.8 <canary@notify.corp.test>: Sender address rejected: Domain not found";

  @TempDir Path directory;

  private final HttpRecorder outside = HttpRecorder.start();
  private final int port = Ports.free();
  private Path probes;
  private Server server;

  @BeforeEach
  void start() throws IOException {
    probes = Files.createDirectories(directory.resolve("probes"));
    write("");
    begin();
  }

  @AfterEach
  void end() {
    server.close();
    outside.close();
  }

  private void begin() {
    Reading.Valid reading = (Reading.Valid) ProbeFolder.read(probes, _ -> Optional.empty());
    server =
        Server.start(
            reading,
            probes,
            _ -> Optional.empty(),
            directory.resolve("data"),
            new DatabaseSettings.Embedded(directory.resolve("data")),
            0);
  }

  private void write(String answers) throws IOException {
    Files.writeString(
        probes.resolve("a.yaml"),
        """
        dns: { ignore: [test] }
        relays: { out: { host: 127.0.0.1, port: %1$d, tls: none } }
        mailboxes: { far: { protocol: smtp, listen: "127.0.0.1:%1$d"%2$s } }
        paths:
          to-far:
            every: 1s
            via: out
            from: canary@notify.corp.test
            to: b@far.test
            arrives-in: far
            confirm: { canaries: 0 }
            runbook: https://wiki.example/mail
        channels: { hook: { type: webhook, url: "%3$s" } }
        """
            .formatted(port, answers, outside.uri("/hook")));
  }

  private static HttpResponse<String> send(URI uri, String method, String body) {
    try {
      return CLIENT.send(
          HttpRequest.newBuilder(uri)
              .header("Content-Type", "application/json")
              .method(method, HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private JsonNode json(String method, String resource, String body) {
    try {
      return JSON.readTree(
          send(URI.create(server.uri() + "/api/v1" + resource), method, body).body());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private JsonNode get(String resource) {
    return json("GET", resource, "");
  }

  private List<String> told() {
    return outside.requests().stream()
        .filter(request -> request.path().equals("/hook"))
        .map(request -> {
          try {
            return JSON.readTree(request.body()).path("event").asText();
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        })
        .toList();
  }

  private void awaitArrivals() {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(get("/paths/to-far")).asString().contains("\"health\":\"ok\""));
  }

  @Test
  void itIsListedToldTakenOnKeptAndEnded() throws Exception {
    awaitArrivals();
    JsonNode marker =
        json("POST", "/changes", "{\"what\": \"certificate ordered\", \"who\": \"web team\"}");
    assertThat(marker.path("what").asText()).isEqualTo("certificate ordered");
    write(", answers: { mail: \"" + REFUSAL + "\" }");

    await().atMost(SOON).until(() -> get("/incidents?state=open").path("items").size() == 1);
    await().atMost(SOON).until(() -> told().contains("opened"));
    JsonNode listed = get("/incidents?state=open").path("items").get(0);
    String id = listed.path("id").asText();
    JsonNode incident = get("/incidents/" + id);
    assertThat(incident.path("severity").asText()).isEqualTo("page");
    assertThat(incident.path("title").asText())
        .contains("Path to-far")
        .contains("sender domain notify.corp.test")
        .contains("450 4.1.8");
    assertThat(incident.path("attribution").path("side").asText()).isEqualTo("ours");
    assertThat(incident.path("cause").asText()).isEqualTo("sender-domain");
    assertThat(incident.path("share").path("failing").asInt()).isEqualTo(1);
    assertThat(incident.path("changesBefore").toString())
        .contains("marker 'certificate ordered' by web team");
    assertThat(incident.path("timeline").get(0).path("evidence").toString()).contains(REFUSAL);
    await().atMost(SOON).until(() -> get("/status").path("openIncidents").asInt() == 1);

    JsonNode taken = json("POST", "/incidents/" + id + "/acknowledge", "");
    assertThat(taken.path("state").asText()).isEqualTo("acknowledged");
    assertThat(get("/incidents?state=open").path("items")).isEmpty();
    assertThat(get("/incidents?state=acknowledged").path("items")).hasSize(1);
    await().atMost(SOON).until(() -> told().contains("acknowledged"));

    server.close();
    begin();
    JsonNode kept = get("/incidents/" + id);
    assertThat(kept.path("state").asText()).isEqualTo("acknowledged");
    assertThat(kept.path("timeline").toString()).contains(REFUSAL);
    assertThat(kept.path("changesBefore").toString()).contains("certificate ordered");
    await()
        .atMost(SOON)
        .until(() -> get("/paths/to-far").path("health").asText().equals("deferring"));
    assertThat(get("/incidents").path("items")).as("no second incident").hasSize(1);

    write("");

    await()
        .atMost(SOON)
        .until(() -> get("/incidents/" + id).path("state").asText().equals("resolved"));
    JsonNode over = get("/incidents/" + id);
    assertThat(over.path("resolvedAt").isNull()).isFalse();
    assertThat(over.path("dedupKey")).isEqualTo(incident.path("dedupKey"));
    assertThat(kinds(over)).startsWith("opened").contains("acknowledged", "resolved");
    await().atMost(SOON).until(() -> told().contains("resolved"));
    assertThat(told()).containsOnlyOnce("opened", "acknowledged", "resolved");
    assertThat(send(URI.create(server.uri() + "/api/v1/incidents/none"), "GET", "").statusCode())
        .isEqualTo(404);
  }

  private static List<String> kinds(JsonNode incident) {
    return StreamSupport.stream(incident.path("timeline").spliterator(), false)
        .map(entry -> entry.path("kind").asText())
        .toList();
  }
}
