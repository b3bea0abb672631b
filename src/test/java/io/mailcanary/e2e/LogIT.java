package io.mailcanary.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a log collector reads.
class LogIT {
  private static final String PROBES =
      """
      relays: { out: { host: 127.0.0.1, port: 9, tls: none } }
      mailboxes: { in: { protocol: maildir, directory: nowhere } }
      paths: { p: { every: 1h, via: out, from: a@campus.test, to: b@hosted.test, arrives-in: in } }
      """;

  @TempDir Path folder;

  @Test
  void withJsonEachLineIsAnEventWithTheKeysThatTheOperationPageNames() throws Exception {
    List<String> lines;
    try (RunningMailcanary service =
        new RunningMailcanary(folder, Map.of("MAILCANARY_LOG_FORMAT", "json"))
            .probes("a.yaml", PROBES)
            .start()) {
      service.awaitThat("it says what it cannot see", one -> one.log().contains("out of sight"));
      service.stop();
      // What stands on standard output is for whoever started it.
      lines = service.log().lines().filter(line -> !line.startsWith("mailcanary watches")).toList();
    }
    assertThat(lines).isNotEmpty();
    for (String line : lines) {
      JsonNode event = new ObjectMapper().readTree(line);
      List<String> keys = new ArrayList<>();
      event.fieldNames().forEachRemaining(keys::add);
      assertThat(keys)
          .contains("timestamp", "level", "threadName", "loggerName", "formattedMessage")
          .isSubsetOf(
              "timestamp",
              "level",
              "threadName",
              "loggerName",
              "formattedMessage",
              "markers",
              "kvpList",
              "throwable");
      assertThat(event.path("timestamp").isNumber()).isTrue();
    }
    assertThat(lines).anyMatch(line -> line.contains("\"level\":\"WARN\""));
  }
}
