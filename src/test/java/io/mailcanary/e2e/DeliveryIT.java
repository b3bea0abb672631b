package io.mailcanary.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailcanary.lab.CertificateAuthority;
import io.mailcanary.lab.Dovecot;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Postfix;
import io.mailcanary.lab.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every way in and every way to look, through Postfix and Dovecot.
@NeedsServer({Server.POSTFIX, Server.DOVECOT})
@SuppressWarnings("NullAway.Init")
class DeliveryIT {
  private static final List<String> PATHS =
      List.of("plain", "submission", "submissions", "direct", "returned", "large", "named");
  private static final String STRANGE = "Subject: not a canary\r\n\r\nKeep me.\r\n";

  private static Dovecot dovecot;
  private static Postfix postfix;
  private static RunningMailcanary service;

  @BeforeAll
  static void start(@TempDir Path folder) {
    dovecot = Dovecot.builder().users(7).user("sender").start();
    for (int user = 1; user <= 7; user++) {
      dovecot.file("user" + user, "INBOX", STRANGE);
    }
    CertificateAuthority authority = CertificateAuthority.in(folder);
    postfix =
        Postfix.builder()
            .deliver("store.test", dovecot.lmtpPort())
            .submission(authority.forLocalhost(), dovecot.saslSocket())
            .start();
    service =
        new RunningMailcanary(folder)
            .probes("relays.yaml", relays(authority.caFile()))
            .probes("mailboxes.yaml", mailboxes())
            .probes("paths.yaml", paths())
            .start();
  }

  private static String relays(Path caFile) {
    return """
    relays:
      plain: { host: 127.0.0.1, port: %1$d, tls: none, helo: probe.canary.test }
      named: { host: localhost, port: %1$d, helo: probe.canary.test, verify: true, ca-file: %2$s }
      submission:
        host: 127.0.0.1
        port: %3$d
        tls: starttls
        ca-file: %2$s
        username: sender
        password: %5$s
      submissions:
        host: 127.0.0.1
        port: %4$d
        tls: implicit
        ca-file: %2$s
        username: sender
        password: %5$s
      store: { host: 127.0.0.1, port: %6$d, protocol: lmtp, tls: none }
    """
        .formatted(
            postfix.port(),
            caFile,
            postfix.submissionPort(),
            postfix.submissionsPort(),
            Dovecot.PASSWORD,
            dovecot.lmtpPort());
  }

  private static String mailboxes() {
    return """
    mailboxes:
      starttls: { host: 127.0.0.1, port: %1$d, tls: starttls, ca-file: %5$s, username: user1, password: %6$s }
      imaps: { host: localhost, port: %2$d, tls: implicit, ca-file: %5$s, username: user2, password: %6$s }
      pop3s: { protocol: pop3, host: 127.0.0.1, port: %3$d, tls: implicit, ca-file: %5$s, username: user3, password: %6$s, poll: 1s }
      maildir: { protocol: maildir, directory: %4$s }
      kept: { host: 127.0.0.1, port: %1$d, tls: starttls, ca-file: %5$s, username: user5, password: %6$s, keep: true }
      large: { host: 127.0.0.1, port: %1$d, tls: starttls, ca-file: %5$s, username: user6, password: %6$s }
      named: { host: 127.0.0.1, port: %1$d, tls: starttls, ca-file: %5$s, username: user7, password: %6$s }
    """
        .formatted(
            dovecot.imapPort(),
            dovecot.imapsPort(),
            dovecot.pop3sPort(),
            dovecot.maildir("user4"),
            dovecot.caFile(),
            Dovecot.PASSWORD);
  }

  private static String paths() {
    return """
    paths:
      plain: { every: 500ms, via: plain, from: canary@campus.test, to: user1@store.test, arrives-in: starttls }
      submission: { every: 500ms, via: submission, from: canary@campus.test, to: user2@store.test, arrives-in: imaps }
      submissions: { every: 500ms, via: submissions, from: canary@campus.test, to: user3@store.test, arrives-in: pop3s }
      direct: { every: 500ms, via: store, from: canary@campus.test, to: user4@store.test, arrives-in: maildir }
      returned: { every: 2s, via: plain, from: canary@campus.test, to: user5@store.test, arrives-in: kept, return-path: verp }
      large: { every: 2s, via: plain, from: canary@campus.test, to: user6@store.test, arrives-in: large, message: { size: 5MB } }
      named: { every: 500ms, via: named, from: canary@campus.test, to: user7@store.test, arrives-in: named }
    """;
  }

  @AfterAll
  static void end() {
    try (Dovecot _ = dovecot;
        Postfix _ = postfix;
        RunningMailcanary _ = service) {
      assertThat(service == null ? "" : service.log()).doesNotContain("\n\tat ");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    // path, TLS to the relay, hops at least
    "plain, '', 2",
    "submission, TLSv1.3, 2",
    "submissions, TLSv1.3, 2",
    "direct, '', 1",
    "returned, '', 2",
    "large, '', 2",
    "named, TLSv1.3, 2",
  })
  void aPathIsOkAndItsCanariesSayWhy(String path, String tls, int hops) {
    service.awaitHealth(path, "ok");

    JsonNode listed =
        service
            .canaries(path, one -> is(one, "delivered") && !one.path("sentAt").isNull())
            .getFirst();
    JsonNode canary = service.canary(listed.path("id").asText());
    JsonNode attempt = RunningMailcanary.event(canary, "accepted");
    assertThat(canary.path("cause").asText()).isEqualTo("none");
    assertThat(canary.path("copies").asInt()).isEqualTo(1);
    assertThat(canary.path("altered").asBoolean(true)).isFalse();
    assertThat(canary.path("folder").asText()).isEqualTo("INBOX");
    assertThat(canary.path("latencySeconds").asDouble(-1)).isBetween(0.0, 5.0);
    assertThat(at(canary, "arrivedAt")).isBeforeOrEqualTo(at(canary, "bookedAt"));
    assertThat(attempt.path("stage").asText()).isEqualTo("end-of-data");
    assertThat(attempt.path("code").asInt()).isEqualTo(250);
    assertThat(attempt.path("enhanced").asText()).startsWith("2.");
    assertThat(attempt.path("peer").asText()).contains("127.0.0.1");
    assertThat(attempt.path("tlsVersion").asText("")).isEqualTo(tls);
    assertThat(attempt.path("tlsCipher").asText("").isEmpty()).isEqualTo(tls.isEmpty());
    assertThat(attempt.path("times").fieldNames())
        .toIterable()
        .contains("mail", "rcpt", "data", "end-of-data");
    assertThat(canary.path("hops")).hasSizeGreaterThanOrEqualTo(hops);
    assertThat(canary.path("hops").get(0).path("by").asText())
        .isEqualTo(path.equals("direct") ? "store.canary.test" : "mx.canary.test");
    if (!path.equals("direct")) {
      assertThat(postfix.log()).contains(attempt.path("queueId").asText() + ": message-id=");
    }
  }

  @Test
  void theFirstCanaryOfAConnectionTellsTheTimeOfEachStage() {
    service.awaitHealth("submission", "ok");
    service.awaitThat(
        "a canary that opened its connection",
        one ->
            one.canaries("submission", canary -> is(canary, "delivered")).stream()
                .map(listed -> one.canary(listed.path("id").asText()))
                .map(canary -> RunningMailcanary.event(canary, "accepted"))
                .anyMatch(attempt ->
                    !attempt.path("reused").asBoolean()
                        && List.of("connect", "tls", "login", "mail", "rcpt", "end-of-data")
                            .stream()
                            .allMatch(attempt.path("times")::has)));
  }

  @ParameterizedTest(name = "{0} in the mailbox of {1}")
  @CsvSource({
    "plain, user1",
    "submission, user2",
    "submissions, user3",
    "direct, user4",
    "named, user7"
  })
  void bookedCanariesAreDeletedAndNothingElseIs(String path, String user) {
    service.awaitThat(
        "more were delivered than are in the mailbox",
        one ->
            one.canaries(path, canary -> is(canary, "delivered")).size()
                > dovecot.messages(user, "INBOX").size() + 10);
    assertThat(texts(user)).contains(STRANGE);
  }

  @Test
  void whereTheMailboxKeepsThemEachHasItsOwnReturnPath() {
    service.awaitHealth("returned", "ok");
    JsonNode canary = service.canaries("returned", one -> is(one, "delivered")).getFirst();
    String tag = canary.path("messageId").asText().replaceFirst("@.*", "");
    service.awaitThat(
        "it is in the mailbox",
        _ ->
            texts("user5").stream()
                .anyMatch(text ->
                    text.contains("Return-Path: <canary+" + tag + "@campus.test>")
                        && text.contains(canary.path("messageId").asText())));
  }

  @Test
  void aLargeMessageIsLargeAllTheWay() {
    service.awaitHealth("large", "ok");
    assertThat(postfix.log().lines()).anyMatch(line -> line.matches(".*qmgr.*size=5[0-9]{6},.*"));
  }

  @Test
  void theStatusCountsAllOfThem() {
    PATHS.forEach(path -> service.awaitHealth(path, "ok"));
    service.awaitThat(
        "the strict status is good",
        one -> one.send("GET", "/api/v1/status?strict=true").statusCode() == 200);
    JsonNode status = service.get("/status");
    assertThat(status.path("status").asText()).isEqualTo("ok");
    assertThat(status.path("paths").path("ok").asInt()).isEqualTo(PATHS.size());
    assertThat(
            StreamSupport.stream(status.path("observer").path("parts").spliterator(), false)
                .map(part -> part.path("part").asText()))
        .contains("mailbox:starttls", "mailbox:imaps", "mailbox:pop3s", "mailbox:maildir");
    assertThat(service.send("GET", "/health/readiness").statusCode()).isEqualTo(200);
    assertThat(service.send("GET", "/metrics").body())
        .contains("mailcanary_path_health{health=\"ok\",path=\"plain\"} 1");
  }

  @Test
  void passwordsAreInNoLogAndInNoEvidence() {
    service.awaitHealth("submission", "ok");
    service
        .canaries("submission")
        .forEach(canary ->
            assertThat(service.canary(canary.path("id").asText()).toString())
                .doesNotContain(Dovecot.PASSWORD));
    assertThat(service.log()).doesNotContain(Dovecot.PASSWORD).doesNotContain("\n\tat ");
  }

  private static boolean is(JsonNode canary, String state) {
    return canary.path("state").asText().equals(state);
  }

  private static Instant at(JsonNode canary, String field) {
    return Instant.parse(canary.path(field).asText());
  }

  private static List<String> texts(String user) {
    return dovecot.messages(user, "INBOX").stream()
        .filter(Files::exists)
        .map(DeliveryIT::text)
        .toList();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException _) {
      return "";
    }
  }
}
