package io.mailcanary.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.lab.CertificateAuthority;
import io.mailcanary.lab.Dovecot;
import io.mailcanary.lab.HttpRecorder;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Postfix;
import io.mailcanary.lab.PostgreSql;
import io.mailcanary.lab.Server;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Secrets in files are changed while the service runs, and each new one is used from then on.
@NeedsServer({Server.POSTFIX, Server.DOVECOT, Server.POSTGRESQL})
@Timeout(180)
class RotationIT {
  private static final Duration TAKEN_UP = Duration.ofSeconds(60);

  @TempDir private Path directory;

  @Test
  void eachNewSecretIsUsedWithoutARestart() throws Exception {
    CertificateAuthority authority = CertificateAuthority.in(directory);
    try (Dovecot dovecot = Dovecot.builder().users(1).user("sender").start();
        Postfix postfix =
            Postfix.builder()
                .deliver("store.test", dovecot.lmtpPort())
                .submission(authority.forLocalhost(), dovecot.saslSocket())
                .start();
        PostgreSql database = PostgreSql.builder().passwords().start();
        HttpRecorder pager = HttpRecorder.start()) {
      dovecot.password("sender", "relay-first");
      dovecot.password("user1", "mailbox-first");
      sql(database, "CREATE ROLE canary LOGIN PASSWORD 'database-first'");
      sql(database, "CREATE DATABASE canary OWNER canary");
      secret("relay", "relay-first");
      secret("mailbox", "mailbox-first");
      secret("chat", pager.uri("/first").toString());
      secret("database", "database-first");
      try (RunningMailcanary service = service(dovecot, postfix, database, authority)) {
        service.awaitHealth("flow", "ok");
        assertThat(told(service, pager)).isEqualTo("/first");

        dovecot.password("sender", "relay-second");
        dovecot.password("user1", "mailbox-second");
        secret("relay", "relay-second");
        secret("mailbox", "mailbox-second");
        secret("chat", pager.uri("/second").toString());

        service.awaitThat(
            "the channel's new address is used",
            TAKEN_UP,
            () -> told(service, pager).equals("/second"));
        flowsAgain(service);

        sql(database, "ALTER ROLE canary PASSWORD 'database-second'");
        secret("database", "database-second");
        sql(
            database,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'canary'");

        flowsAgain(service);
        assertThat(service.log())
            .doesNotContain("relay-first", "relay-second", "mailbox-", "database-");
      }
    }
  }

  private RunningMailcanary service(
      Dovecot dovecot, Postfix postfix, PostgreSql database, CertificateAuthority authority)
      throws IOException {
    return new RunningMailcanary(
            Files.createDirectory(directory.resolve("service")),
            Map.of(
                "DATASOURCES_DEFAULT_URL",
                "jdbc:postgresql://127.0.0.1:" + database.port() + "/canary",
                "DATASOURCES_DEFAULT_USERNAME",
                "canary",
                "DATASOURCES_DEFAULT_PASSWORD_FILE",
                directory.resolve("database").toString()))
        .probes(
            "probes.yaml",
            """
            relays:
              out: { host: 127.0.0.1, port: %d, tls: starttls, ca-file: %s, username: sender, password-file: %s }
            mailboxes:
              in: { host: 127.0.0.1, port: %d, tls: none, username: user1, password-file: %s }
            paths:
              flow: { every: 500ms, via: out, from: canary@campus.test, to: user1@store.test, arrives-in: in }
            channels: { chat: { type: slack, url-file: %s } }
            """
                .formatted(
                    postfix.submissionPort(),
                    authority.caFile(),
                    directory.resolve("relay"),
                    dovecot.imapPort(),
                    directory.resolve("mailbox"),
                    directory.resolve("chat")))
        .start();
  }

  /// Canaries that were due from now on arrive.
  private static void flowsAgain(RunningMailcanary service) {
    Instant now = Instant.now();
    service.awaitThat(
        "canaries of from now on are delivered", TAKEN_UP, () -> deliveredSince(service, now) > 3);
    service.awaitHealth("flow", "ok");
    service.awaitThat(
        "the observer is well",
        TAKEN_UP,
        () -> service.get("/status").path("observer").path("ok").asBoolean());
  }

  /// None while the database is away.
  private static long deliveredSince(RunningMailcanary service, Instant then) throws IOException {
    HttpResponse<String> answer = service.send("GET", "/api/v1/paths/flow/canaries?limit=50");
    long delivered = 0;
    for (JsonNode canary : new ObjectMapper().readTree(answer.body()).path("items")) {
      boolean later = Instant.parse(canary.path("scheduledAt").asText()).isAfter(then);
      delivered += later && canary.path("state").asText().equals("delivered") ? 1 : 0;
    }
    return delivered;
  }

  /// Where a test notification goes.
  private static String told(RunningMailcanary service, HttpRecorder pager) {
    int before = pager.requests().size();
    assertThat(service.send("POST", "/api/v1/channels/chat/test").statusCode()).isEqualTo(200);
    return pager.requests().get(before).path();
  }

  private void secret(String name, String value) throws IOException {
    Files.writeString(directory.resolve(name), value + "\n");
  }

  private static void sql(PostgreSql database, String statement) throws SQLException {
    try (Connection connection = DriverManager.getConnection(database.url());
        Statement running = connection.createStatement()) {
      running.execute(statement);
    }
  }
}
