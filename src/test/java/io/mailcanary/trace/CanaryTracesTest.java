package io.mailcanary.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.app.Server;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.config.ProbeFolder;
import io.mailcanary.config.Reading;
import io.mailcanary.lab.HttpRecorder;
import io.mailcanary.lab.StubMailServer;
import io.mailcanary.store.DatabaseSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a collector of traces gets to see.
@Timeout(120)
class CanaryTracesTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path directory;

  private final HttpRecorder collector = HttpRecorder.start();
  private final StubMailServer mail = StubMailServer.start();

  @AfterEach
  void end() {
    collector.close();
    mail.close();
  }

  private Server start(int relay, String tracing) throws Exception {
    Path probes = Files.createDirectories(directory.resolve("probes"));
    Files.writeString(
        probes.resolve("a.yaml"),
        """
        relays: { out: { host: 127.0.0.1, port: %d, tls: none } }
        mailboxes: { in: { protocol: imap, host: 127.0.0.1, port: %d, tls: none, username: user, password: swordfish } }
        paths: { p: { every: 1s, via: out, from: a@campus.example, to: user@hosted.example, arrives-in: in } }
        dns: { ignore: [campus.example, hosted.example] }
        service: { tracing: %s }
        """
            .formatted(relay, mail.imapPort(), tracing));
    Reading.Valid reading = (Reading.Valid) ProbeFolder.read(probes, _ -> Optional.empty());
    return Server.start(
        reading,
        probes,
        _ -> Optional.empty(),
        directory.resolve("data"),
        new DatabaseSettings.InMemory(),
        0);
  }

  private String tracing() {
    return "{ url: \"%s\", authorization: Bearer opensesame }"
        .formatted(collector.uri("/v1/traces"));
  }

  /// The spans of each trace that was told.
  private Map<String, List<JsonNode>> traces() throws Exception {
    Map<String, List<JsonNode>> traces = new HashMap<>();
    for (HttpRecorder.Request request : collector.requests()) {
      JsonNode told = new ObjectMapper().readTree(request.body());
      for (JsonNode span : told.at("/resourceSpans/0/scopeSpans/0/spans")) {
        traces.computeIfAbsent(span.path("traceId").asText(), _ -> new ArrayList<>()).add(span);
      }
    }
    return traces;
  }

  private static Map<String, String> attributes(JsonNode span) {
    Map<String, String> attributes = new HashMap<>();
    for (JsonNode one : span.path("attributes")) {
      attributes.put(one.path("key").asText(), one.path("value").iterator().next().asText());
    }
    return attributes;
  }

  @Test
  void aCanaryThatArrivesIsOneTraceOfAllItsParts() throws Exception {
    try (Server server = start(mail.smtpPort(), tracing())) {
      assertThat(server.uri()).isNotNull();
      await().atMost(SOON).until(() -> traces().size() >= 2);
    }
    HttpRecorder.Request request = collector.requests().getFirst();
    assertThat(request.path()).isEqualTo("/v1/traces");
    assertThat(request.header("Content-Type")).isEqualTo("application/json");
    assertThat(request.header("Authorization")).isEqualTo("Bearer opensesame");
    assertThat(request.body())
        .contains("\"service.name\"")
        .doesNotContain("opensesame", "swordfish");
    // Later ones may go over the same connection.
    assertThat(traces().values().stream().flatMap(List::stream))
        .extracting(span -> span.path("name").asText())
        .contains("connect");
    traces()
        .forEach((trace, spans) -> {
          assertThat(trace).matches("[0-9a-f]{32}");
          assertThat(spans)
              .extracting(span -> span.path("name").asText())
              .contains("canary p", "record", "attempt", "mail", "rcpt", "data")
              .contains("end-of-data", "transit", "booking");
          assertThat(spans)
              .extracting(span -> span.path("spanId").asText())
              .doesNotHaveDuplicates();
          JsonNode root = spans.getFirst();
          assertThat(root.has("parentSpanId")).isFalse();
          assertThat(attributes(root))
              .containsEntry("mailcanary.path", "p")
              .containsEntry("mailcanary.state", "delivered");
          assertThat(root.at("/status/code").asInt()).isEqualTo(1);
          List<String> ids = spans.stream().map(span -> span.path("spanId").asText()).toList();
          assertThat(spans.subList(1, spans.size()))
              .allSatisfy(span -> {
                assertThat(ids).contains(span.path("parentSpanId").asText());
                assertThat(span.path("endTimeUnixNano").asLong())
                    .isGreaterThanOrEqualTo(span.path("startTimeUnixNano").asLong());
                assertThat(span.path("startTimeUnixNano").asLong())
                    .isGreaterThanOrEqualTo(root.path("startTimeUnixNano").asLong());
              });
        });
  }

  @Test
  void aCollectorThatIsAwayHoldsUpNoCanary() throws Exception {
    collector.usually(HttpRecorder.Answer.of(503));
    try (Server server = start(mail.smtpPort(), tracing())) {
      await().atMost(SOON).until(() -> mail.accepted() >= 5 && !collector.requests().isEmpty());
      await()
          .atMost(SOON)
          .until(() ->
              server
                  .service()
                  .metrics()
                  .scrape("text/plain")
                  .lines()
                  .anyMatch(line ->
                      line.startsWith("mailcanary_canaries_total")
                          && line.contains("outcome=\"delivered\"")
                          && !line.endsWith(" 0.0")));
      collector.usually(HttpRecorder.Answer.of(200));
      int before = collector.requests().size();
      await().atMost(SOON).until(() -> collector.requests().size() > before);
    }
  }

  @Test
  void oneInManyIsTheSameOneEverywhere() {
    long traced =
        IntStream.range(0, 10_000)
            .mapToObj(i ->
                CanaryId.of(
                    Instant.ofEpochMilli(1_795_000_000_000L + i), new byte[CanaryId.RANDOM_BYTES]))
            .filter(id -> new TraceIds(id).isOneIn(10))
            .count();
    assertThat(traced).isBetween(800L, 1_200L);
  }
}
