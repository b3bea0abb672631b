package io.mailcanary.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailcanary.lab.Dovecot;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Postfix;
import io.mailcanary.lab.PostgreSql;
import io.mailcanary.lab.Server;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The store on PostgreSQL, and what happens while it is away.
@NeedsServer({Server.POSTFIX, Server.DOVECOT, Server.POSTGRESQL})
@SuppressWarnings("NullAway.Init")
class PostgresIT {
  private static Dovecot dovecot;
  private static Postfix postfix;
  private static PostgreSql database;
  private static RunningMailcanary service;

  @BeforeAll
  static void start(@TempDir Path folder) {
    dovecot = Dovecot.builder().users(1).start();
    postfix = Postfix.builder().deliver("store.test", dovecot.lmtpPort()).start();
    database = PostgreSql.builder().start();
    service =
        new RunningMailcanary(
                folder,
                Map.of(
                    "DATASOURCES_DEFAULT_URL",
                    "jdbc:postgresql://127.0.0.1:" + database.port() + "/postgres",
                    "DATASOURCES_DEFAULT_USERNAME",
                    "postgres",
                    "DATASOURCES_DEFAULT_PASSWORD",
                    "trusted-anyway"))
            .probes(
                "probes.yaml",
                """
                relays:
                  out: { host: 127.0.0.1, port: %d, tls: none }
                mailboxes:
                  store: { host: 127.0.0.1, port: %d, tls: none, username: user1, password: %s }
                paths:
                  flow: { every: 500ms, via: out, from: canary@campus.test, to: user1@store.test, arrives-in: store }
                """
                    .formatted(postfix.port(), dovecot.imapPort(), Dovecot.PASSWORD))
            .start();
  }

  @AfterAll
  static void end() {
    try (Dovecot _ = dovecot;
        Postfix _ = postfix;
        PostgreSql _ = database;
        RunningMailcanary _ = service) {
      assertThat(service == null ? "" : service.log())
          .doesNotContain("Exception")
          .doesNotContain("trusted-anyway");
    }
  }

  @Test
  void whileTheDatabaseIsAwayNothingIsSentAndAfterItAllIsOnRecord() {
    service.awaitHealth("flow", "ok");
    assertThat(service.folder().resolve("data/mailcanary.mv.db")).doesNotExist();
    service.awaitThat("it is ready", _ -> readiness() == 200);

    database.stop();

    service.awaitThat("it is not ready", Duration.ofSeconds(20), () -> readiness() == 503);
    assertThat(service.send("GET", "/health/liveness").statusCode()).isEqualTo(200);
    JsonNode status = service.get("/status");
    assertThat(status.path("observer").path("ok").asBoolean(true)).isFalse();
    Instant away = Instant.now();
    int sent = QueueLog.of(postfix).taken().size();
    service.awaitThat("ten turns pass", _ -> Instant.now().isAfter(away.plusSeconds(5)));
    assertThat(QueueLog.of(postfix).taken()).as("no record, no canary").hasSize(sent);
    assertThat(service.health("flow")).isNotIn("failing", "deferring");

    database.start();

    service.awaitThat("it is ready again", _ -> readiness() == 200);
    Instant back = Instant.now();
    service.awaitHealth("flow", "ok");
    service.awaitThat(
        "canaries of after it are delivered",
        one ->
            one.canaries("flow", canary -> canary.path("state").asText().equals("delivered"))
                .stream()
                .anyMatch(
                    canary -> Instant.parse(canary.path("scheduledAt").asText()).isAfter(back)));
    everythingIsOnRecord();
  }

  private static void everythingIsOnRecord() {
    assertThat(service.send("PUT", "/api/v1/paths/flow/pause").statusCode()).isEqualTo(204);
    service.awaitThat(
        "each canary has a fate",
        one -> one.canaries("flow").stream().noneMatch(canary -> isOpen(canary)));
    Map<String, String> states = new HashMap<>();
    service
        .canaries("flow")
        .forEach(
            canary ->
                states.put(canary.path("messageId").asText(), canary.path("state").asText()));
    QueueLog log = QueueLog.of(postfix);
    assertThat(log.taken().values()).containsOnly(1);
    assertThat(states.keySet()).containsAll(log.taken().keySet());
    assertThat(log.delivered().keySet())
        .allSatisfy(messageId -> assertThat(states).containsEntry(messageId, "delivered"));
  }

  private static boolean isOpen(JsonNode canary) {
    return Set.of("pending", "deferred", "in-transit", "overdue")
        .contains(canary.path("state").asText());
  }

  private static int readiness() {
    return service.send("GET", "/health/readiness").statusCode();
  }
}
