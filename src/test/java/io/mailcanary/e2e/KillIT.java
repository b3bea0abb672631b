package io.mailcanary.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailcanary.lab.Dovecot;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Ports;
import io.mailcanary.lab.Postfix;
import io.mailcanary.lab.PostgreSql;
import io.mailcanary.lab.Server;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` during traffic: every canary has a fate, none is sent twice, and no path is blamed.
@NeedsServer({Server.POSTFIX, Server.DOVECOT})
class KillIT {
  private static final int PATHS = 5;

  /// Quick to start, as it does not live long.
  private static final String SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

  private static final Set<String> BLAMELESS = Set.of("delivered", "unobservable");
  private static final Set<String> OPEN = Set.of("pending", "deferred", "in-transit", "overdue");

  @Test
  void twentyKillsOnTheEmbeddedDatabase(@TempDir Path folder) {
    killed(folder, Map.of("JDK_JAVA_OPTIONS", SHORT_LIVED), 20);
  }

  @Test
  @NeedsServer(Server.POSTGRESQL)
  void threeKillsOnPostgreSql(@TempDir Path folder) {
    try (PostgreSql database = PostgreSql.builder().start()) {
      killed(
          folder,
          Map.of("DATASOURCES_DEFAULT_URL", database.url(), "JDK_JAVA_OPTIONS", SHORT_LIVED),
          3);
    }
  }

  private static void killed(Path folder, Map<String, String> environment, int times) {
    int slowPort = Ports.free();
    try (Dovecot dovecot = Dovecot.builder().users(PATHS).start();
        Postfix postfix =
            Postfix.builder()
                .deliver("store.test", dovecot.lmtpPort())
                .service("127.0.0.1:%d inet n - n - - smtpd".formatted(slowPort))
                // Takes the message and keeps its answer back: whoever dies then is in doubt.
                .service("  -o { smtpd_end_of_data_restrictions = sleep 1 }")
                .start();
        RunningMailcanary service = new RunningMailcanary(folder, environment)) {
      service.probes("probes.yaml", probes(dovecot, postfix, slowPort));
      Random random = new Random(20);
      for (int round = 0; round < times; round++) {
        service.begin();
        int enough = QueueLog.of(postfix).taken().size() + 8 + random.nextInt(25);
        service.awaitThat(
            "canaries flow in round " + round,
            RunningMailcanary.LIMIT,
            () -> QueueLog.of(postfix).taken().size() >= enough);
        service.kill();
      }
      service.start();
      everyCanaryHasItsFate(service, postfix, times);
    }
  }

  private static void everyCanaryHasItsFate(RunningMailcanary service, Postfix postfix, int times) {
    for (int path = 1; path <= PATHS; path++) {
      assertThat(service.send("PUT", "/api/v1/paths/p%d/pause".formatted(path)).statusCode())
          .isEqualTo(204);
    }
    service.awaitThat(
        "each canary has a fate",
        one -> recorded(one).stream().noneMatch(canary -> OPEN.contains(state(canary))));

    List<JsonNode> recorded = recorded(service);
    QueueLog log = QueueLog.of(postfix);
    assertThat(recorded).hasSizeGreaterThan(times * 8);
    assertThat(log.taken().values()).as("none is sent twice").containsOnly(1);
    Map<String, JsonNode> byMessageId = new HashMap<>();
    recorded.forEach(canary -> byMessageId.put(canary.path("messageId").asText(), canary));
    assertThat(byMessageId.keySet())
        .as("whatever was sent is on record")
        .containsAll(log.taken().keySet());
    assertThat(recorded)
        .as("no path is blamed")
        .allSatisfy(canary -> assertThat(state(canary)).isIn(BLAMELESS));
    assertThat(log.delivered().keySet())
        .as("what arrived is booked, and once")
        .allSatisfy(messageId -> {
          JsonNode canary = Objects.requireNonNull(byMessageId.get(messageId));
          assertThat(state(canary)).as("%s", canary).isEqualTo("delivered");
          assertThat(canary.path("copies").asInt()).as("%s", canary).isEqualTo(1);
        });
    assertThat(recorded.stream().filter(canary -> state(canary).equals("unobservable")))
        .as("nobody knows only of what never came")
        .allSatisfy(
            canary -> assertThat(log.taken()).doesNotContainKey(canary.path("messageId").asText()));
    assertThat(recorded.stream().filter(canary -> canary.path("sentAt").isNull()))
        .as("some were in doubt, and their arrival proves them")
        .anyMatch(canary -> state(canary).equals("delivered"));
    assertThat(service.log()).doesNotContain("\n\tat ");
  }

  private static String probes(Dovecot dovecot, Postfix postfix, int slowPort) {
    StringBuilder probes =
        new StringBuilder(
            """
            relays:
              quick: { host: 127.0.0.1, port: %d, tls: none }
              slow: { host: 127.0.0.1, port: %d, tls: none }
            """
                .formatted(postfix.port(), slowPort));
    probes.append("mailboxes:\n");
    for (int path = 1; path <= PATHS; path++) {
      probes.append(
          "  p%1$d: { host: 127.0.0.1, port: %2$d, tls: none, username: user%1$d, password: %3$s }%n"
              .formatted(path, dovecot.imapPort(), Dovecot.PASSWORD));
    }
    probes.append("paths:\n");
    for (int path = 1; path <= PATHS; path++) {
      probes.append(
          """
            p%1$d:
              every: 400ms
              via: %2$s
              from: canary@campus.test
              to: user%1$d@store.test
              arrives-in: p%1$d
              expect: { within: 5s, overdue-after: 15s, lost-after: 1m }
          """
              .formatted(path, path == PATHS ? "slow" : "quick"));
    }
    return probes.toString();
  }

  private static List<JsonNode> recorded(RunningMailcanary service) {
    List<JsonNode> all = new ArrayList<>();
    for (int path = 1; path <= PATHS; path++) {
      all.addAll(service.canaries("p" + path));
    }
    return all;
  }

  private static String state(JsonNode canary) {
    return canary.path("state").asText();
  }
}
