package io.mailcanary.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.config.ProbeFolder;
import io.mailcanary.config.Reading;
import io.mailcanary.lab.HttpRecorder;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Promtool;
import io.mailcanary.lab.ScriptedSmtpServer;
import io.mailcanary.store.DatabaseSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The service with channels and a heartbeat, as its users meet it.
@Timeout(120)
class PagingServiceTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir Path directory;

  private final HttpRecorder outside = HttpRecorder.start();
  private final ScriptedSmtpServer relay = ScriptedSmtpServer.script().start();
  private Path mail;
  private Server server;

  @BeforeEach
  void start() throws Exception {
    mail = Files.createDirectories(directory.resolve("mail"));
    for (String part : new String[] {"cur", "new", "tmp"}) {
      Files.createDirectories(mail.resolve(part));
    }
    Path probes = Files.createDirectories(directory.resolve("probes"));
    Files.writeString(
        probes.resolve("a.yaml"),
        """
        relays: { out: { host: 127.0.0.1, port: %d, tls: none } }
        mailboxes: { in: { protocol: maildir, directory: %s, poll: 1s } }
        paths:
          p: { every: 1s, via: out, from: a@campus.example, to: b@hosted.example, arrives-in: in }
        channels:
          hook: { type: webhook, url: "%s", secret: swordfish }
          chat: { type: slack, url: "%s" }
        routes: [{ kind: duplicated, to: [hook], then: [chat] }]
        heartbeat: { url: "%s", every: 1s }
        """
            .formatted(
                relay.port(),
                mail,
                outside.uri("/hook"),
                outside.uri("/swordfish"),
                outside.uri("/beat")));
    Reading.Valid reading = (Reading.Valid) ProbeFolder.read(probes, _ -> Optional.empty());
    server =
        Server.start(
            reading,
            probes,
            _ -> Optional.empty(),
            directory.resolve("data"),
            new DatabaseSettings.InMemory(),
            0);
  }

  @AfterEach
  void end() {
    server.close();
    relay.close();
    outside.close();
  }

  private HttpResponse<String> send(String method, String resource) throws Exception {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create(server.uri() + resource))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private JsonNode json(HttpResponse<String> response) throws Exception {
    return new ObjectMapper().readTree(response.body());
  }

  private long beats() {
    return outside.requests().stream().filter(request -> request.path().equals("/beat")).count();
  }

  private boolean isOk(String part) throws Exception {
    for (JsonNode one : json(send("GET", "/api/v1/status")).path("observer").path("parts")) {
      if (one.path("part").asText().equals(part)) {
        return one.path("ok").asBoolean();
      }
    }
    return false;
  }

  @Test
  void aChannelIsTriedByItsName() throws Exception {
    JsonNode tested = json(send("POST", "/api/v1/channels/hook/test"));
    assertThat(tested.path("result").asText()).isEqualTo("sent");
    assertThat(tested.path("answer").asText()).isEqualTo("127.0.0.1 answers 200 (ok)");
    assertThat(outside.requests())
        .filteredOn(request -> request.path().equals("/hook"))
        .hasSize(2)
        .allSatisfy(
            request -> assertThat(request.header("X-Mailcanary-Signature")).startsWith("sha256="));
    assertThat(send("POST", "/api/v1/channels/gone/test").statusCode()).isEqualTo(404);
    outside.usually(HttpRecorder.Answer.of(403, "swordfish"));
    JsonNode failed = json(send("POST", "/api/v1/channels/chat/test"));
    assertThat(failed.path("result").asText()).isEqualTo("failed");
    assertThat(failed.toString() + send("GET", "/api/v1/status").body())
        .contains("403")
        .doesNotContain("swordfish");
    assertThat(send("GET", "/metrics").body())
        .contains("mailcanary_notifications_total{channel=\"hook\",result=\"sent\"} 1.0")
        .contains("mailcanary_notifications_total{channel=\"chat\",result=\"failed\"} 1.0")
        .contains("mailcanary_observer_up{part=\"channel:chat\"} 0.0");
  }

  @Test
  @NeedsServer(io.mailcanary.lab.Server.PROMETHEUS)
  void prometheusHasNothingToSayAgainstTheMetrics() throws Exception {
    await().atMost(SOON).until(() -> isOk("outbox") && isOk("sending"));
    String metrics = send("GET", "/metrics").body();
    assertThat(metrics)
        .contains("mailcanary_notifications_total{channel=\"hook\",result=\"sent\"} 0.0")
        .contains("mailcanary_incidents{severity=\"page\",state=\"resolved\"} 0.0")
        .contains("mailcanary_observer_up{part=\"outbox\"} 1.0");
    assertThat(Promtool.check(metrics)).isEmpty();
  }

  @Test
  void theHeartbeatGoesOutOnlyWhileAllIsWellWithUs() throws Exception {
    await().atMost(SOON).until(() -> beats() >= 2);
    assertThat(outside.requests().getFirst().method()).isEqualTo("GET");
    Path away = directory.resolve("away");
    Files.move(mail, away);
    await().atMost(SOON).until(() -> !isOk("mailbox:in"));
    HttpResponse<String> ready = send("GET", "/health/readiness");
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body()).contains("mailbox:in");
    assertThat(send("GET", "/metrics").body())
        .contains("mailcanary_observer_up{part=\"mailbox:in\"} 0.0");
    await()
        .atMost(SOON)
        .untilAsserted(() -> {
          long before = beats();
          await().during(Duration.ofSeconds(3)).until(() -> beats() == before);
        });
    Files.move(away, mail);
    await().atMost(SOON).until(() -> isOk("mailbox:in"));
    assertThat(send("GET", "/health/readiness").statusCode()).isEqualTo(200);
    long before = beats();
    await().atMost(SOON).until(() -> beats() > before);
  }
}
