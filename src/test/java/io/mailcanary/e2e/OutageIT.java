package io.mailcanary.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailcanary.lab.Dovecot;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Postfix;
import io.mailcanary.lab.Server;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What goes wrong at servers is named for what it is, and passes by itself when they are back.
@NeedsServer({Server.POSTFIX, Server.DOVECOT})
@SuppressWarnings("NullAway.Init")
class OutageIT {
  private static final Duration A_MINUTE = Duration.ofMinutes(1);
  private static final Set<String> BLAME = Set.of("lost", "rejected", "bounced", "overdue");
  private static final Set<String> THERE = Set.of("delivered", "delivered-late");

  private static Dovecot dovecot;
  private static Postfix postfix;
  private static RunningMailcanary service;

  @BeforeAll
  static void start(@TempDir Path folder) {
    dovecot = Dovecot.builder().users(4).line("lmtp_save_to_detail_mailbox = yes").start();
    postfix =
        Postfix.builder()
            .deliver("store.test", dovecot.lmtpPort())
            .line(
                "smtpd_recipient_restrictions = check_recipient_access inline:{"
                    + " { refused@store.test = 550 5.1.1 no such canary here },"
                    + " { later@store.test = 450 4.3.5 out of order this week } }, permit")
            .start();
    service =
        new RunningMailcanary(folder)
            .probes("servers.yaml", servers())
            .probes("paths.yaml", paths(""))
            .start();
  }

  private static String servers() {
    return """
    relays:
      out: { host: 127.0.0.1, port: %d, tls: none }
    mailboxes:
      store: { host: 127.0.0.1, port: %d, tls: none, username: user1, password: %s }
      junk: { host: 127.0.0.1, port: %2$d, tls: none, username: user2, password: %3$s }
      other: { host: 127.0.0.1, port: %2$d, tls: none, username: user3, password: %3$s }
    """
        .formatted(postfix.port(), dovecot.imapPort(), Dovecot.PASSWORD);
  }

  private static String paths(String more) {
    return """
    paths:
      flow:
        every: 2s
        via: out
        from: canary@campus.test
        to: user1@store.test
        arrives-in: store
        expect: { within: 5s, overdue-after: 6s, lost-after: 5m }
      junk: { every: 2s, via: out, from: canary@campus.test, to: user2+Junk@store.test, arrives-in: junk }
      refused: { every: 10s, via: out, from: canary@campus.test, to: refused@store.test, arrives-in: other }
      later: { every: 10s, via: out, from: canary@campus.test, to: later@store.test, arrives-in: other }
    """
        + more;
  }

  @AfterAll
  static void end() {
    try (Dovecot _ = dovecot;
        Postfix _ = postfix;
        RunningMailcanary _ = service) {
      assertThat(service == null ? "" : service.log()).doesNotContain("\n\tat ");
    }
  }

  @BeforeEach
  void mailFlows() {
    service.awaitHealth("flow", "ok");
  }

  @AfterEach
  void allServersRun() {
    dovecot.password("user1", Dovecot.PASSWORD);
    dovecot.thaw();
    dovecot.start();
    postfix.start();
    service.probes("paths.yaml", paths(""));
  }

  @Test
  void aMailServerThatIsDownMakesBlindAndWhatWaitedIsBookedWithItsTrueTime() {
    Instant down = Instant.now();
    dovecot.stop();
    Instant gone = Instant.now();
    service.awaitHealth("flow", "blind");
    service.awaitThat("the path says why", one -> reason(one, "flow").contains("mailbox store"));
    service.awaitThat("canaries wait in the queue", _ -> postfix.queue().size() >= 4);
    Instant pastDeadlines = Instant.now().plusSeconds(8);
    service.awaitThat("the first of them are past due", _ -> Instant.now().isAfter(pastDeadlines));
    assertThat(service.health("flow")).isEqualTo("blind");
    assertThat(states(since(down))).doesNotContainAnyElementsOf(BLAME);
    // The last one before it may have come in while the server was still going down.
    JsonNode waiting = since(gone).getLast();

    Instant up = Instant.now();
    dovecot.start();

    service.awaitHealth("flow", "ok");
    service.awaitThat(
        "what waited is booked",
        one -> THERE.contains(one.canary(id(waiting)).path("state").asText()));
    JsonNode booked = service.canary(id(waiting));
    assertThat(Instant.parse(booked.path("arrivedAt").asText()))
        .isBetween(up.minusSeconds(1), Instant.now());
    assertThat(booked.path("copies").asInt()).isEqualTo(1);
    service.awaitThat(
        "all that were sent have arrived",
        one -> THERE.containsAll(states(sentBetween("flow", down, up))));
  }

  @Test
  void aLoginThatIsRefusedMakesBlindAndMailKeepsItsTimeOfArrival() {
    Instant wrong = Instant.now();
    dovecot.password("user1", "another-password");
    dovecot.stop();
    dovecot.start();
    service.awaitHealth("flow", "blind");
    service.awaitThat(
        "the server's words are there",
        one -> reason(one, "flow").contains("Authentication failed"));
    Instant blind = Instant.now();
    service.awaitThat("canaries are sent meanwhile", _ -> since(blind).size() >= 3);
    Instant unseen = Instant.now();
    service.awaitThat("they are past due", _ -> Instant.now().isAfter(unseen.plusSeconds(7)));
    assertThat(states(since(wrong))).doesNotContainAnyElementsOf(BLAME);
    JsonNode waiting =
        sentBetween("flow", wrong.plusSeconds(3), unseen).stream().findFirst().orElseThrow();
    assertThat(service.log()).doesNotContain(Dovecot.PASSWORD).doesNotContain("another-password");

    dovecot.password("user1", Dovecot.PASSWORD);

    service.awaitHealth("flow", "ok");
    JsonNode booked = service.canary(id(waiting));
    assertThat(booked.path("state").asText()).isIn(THERE);
    Instant arrived = Instant.parse(booked.path("arrivedAt").asText());
    assertThat(arrived).isBefore(unseen.plusSeconds(2));
    assertThat(Instant.parse(booked.path("bookedAt").asText())).isAfter(arrived.plusSeconds(4));
  }

  @Test
  void aFrozenMailServerMakesBlindWithinAMinute() {
    Instant frozen = Instant.now();
    dovecot.freeze();
    service.awaitHealth("flow", "blind", A_MINUTE);
    assertThat(states(since(frozen))).doesNotContainAnyElementsOf(BLAME);

    dovecot.thaw();

    service.awaitHealth("flow", "ok", Duration.ofSeconds(90));
    assertThat(states(since(frozen))).doesNotContain("lost", "rejected", "unobservable");
  }

  @Test
  void aRelayThatIsDownMakesDeferringAndTheSameCanariesAreDeliveredLater() {
    Instant down = Instant.now();
    postfix.stop();
    service.awaitHealth("flow", "deferring", Duration.ofSeconds(5));
    // A relay that is just going down may still refuse one or two in words of its own.
    service.awaitThat(
        "a canary finds nobody there", _ -> deferredAt("connect", "flow", down).isPresent());
    JsonNode deferred = deferredAt("connect", "flow", down).orElseThrow();
    JsonNode attempt = RunningMailcanary.event(deferred, "deferred");
    assertThat(attempt.path("failure").path("kind").asText()).isEqualTo("connection");
    assertThat(attempt.path("failure").path("words").asText()).containsIgnoringCase("refused");
    assertThat(deferred.path("cause").asText()).isEqualTo("connection");
    service.awaitThat("the path says why", one -> reason(one, "flow").contains("refused"));

    postfix.start();

    service.awaitHealth("flow", "ok");
    service.awaitThat(
        "the deferred one arrived",
        one -> THERE.contains(one.canary(id(deferred)).path("state").asText()));
    JsonNode arrived = service.canary(id(deferred));
    assertThat(arrived.path("attempts").asInt()).isGreaterThan(1);
    assertThat(arrived.path("copies").asInt()).isEqualTo(1);
    service.awaitThat(
        "none is left behind",
        _ -> THERE.containsAll(states(sentBetween("flow", down, Instant.now().minusSeconds(20)))));
  }

  @Test
  void mailFiledAsJunkIsMisfiled() {
    service.awaitHealth("junk", "degraded");
    service.awaitThat("the path says why", one -> reason(one, "junk").contains("misfiled"));
    List<JsonNode> misfiled = service.canaries("junk", one -> state(one).equals("misfiled"));
    assertThat(misfiled)
        .isNotEmpty()
        .allSatisfy(canary -> assertThat(canary.path("folder").asText()).isEqualTo("Junk"));
    // Some may have waited until a server was back that another test had stopped.
    assertThat(misfiled)
        .anySatisfy(
            canary -> assertThat(canary.path("latencySeconds").asDouble(-1)).isBetween(0.0, 5.0));
  }

  @Test
  void aRefusedRecipientFailsThePathWithTheServersWords() {
    service.awaitHealth("refused", "failing");
    service.awaitThat(
        "the path says why", one -> reason(one, "refused").contains("no such canary here"));
    JsonNode canary =
        service.canary(
            id(service.canaries("refused", one -> state(one).equals("rejected")).getFirst()));
    JsonNode attempt = RunningMailcanary.event(canary, "rejected");
    assertThat(attempt.path("stage").asText()).isEqualTo("rcpt");
    assertThat(attempt.path("code").asInt()).isEqualTo(550);
    assertThat(attempt.path("enhanced").asText()).isEqualTo("5.1.1");
  }

  @Test
  void aRecipientRefusedForNowDefersThePathWithTheServersWords() {
    service.awaitHealth("later", "deferring");
    service.awaitThat(
        "the path says why", one -> reason(one, "later").contains("out of order this week"));
    // Where another test had stopped the relay, the last attempt of some found nobody there.
    service.awaitThat(
        "the recipient is refused", _ -> deferredAt("rcpt", "later", Instant.EPOCH).isPresent());
    JsonNode canary = deferredAt("rcpt", "later", Instant.EPOCH).orElseThrow();
    JsonNode attempt = RunningMailcanary.event(canary, "deferred");
    assertThat(attempt.path("code").asInt()).isEqualTo(450);
    assertThat(attempt.path("text").asText()).contains("out of order this week");
    service.awaitThat(
        "it is tried again", one -> one.canary(id(canary)).path("attempts").asInt() > 1);
  }

  @Test
  void aBadChangeIsRefusedWholeAndAGoodOneTakesOverWithinSeconds() {
    String extra =
        "  extra: { every: 2s, via: out, from: canary@campus.test, to: user4@store.test,"
            + " arrives-in: extra }\n"
            + "mailboxes:\n"
            + "  extra: { host: 127.0.0.1, port: %d, tls: none, username: user4, password: %s }\n"
                .formatted(dovecot.imapPort(), Dovecot.PASSWORD);

    service.probes("paths.yaml", paths("  extra: { every: 2s, via: nowhere, form: x }\n"));
    service.awaitThat(
        "the bad change is shown",
        Duration.ofSeconds(10),
        () -> !service.get("/status").path("configuration").path("ok").asBoolean());
    JsonNode problems = service.get("/status").path("configuration").path("problems");
    assertThat(problems.toString())
        .contains("probes/paths.yaml:12:28: paths.extra.via")
        .contains("nowhere", "form");
    assertThat(service.send("GET", "/api/v1/paths/extra").statusCode()).isEqualTo(404);
    Instant refused = Instant.now();
    service.awaitThat(
        "the paths in force go on",
        one -> since(refused).stream().anyMatch(canary -> state(canary).equals("delivered")));

    service.probes("paths.yaml", paths(extra));
    service.awaitThat(
        "the good change is in force",
        Duration.ofSeconds(10),
        () -> service.get("/status").path("configuration").path("ok").asBoolean());
    service.awaitHealth("extra", "ok");

    service.probes("paths.yaml", paths(""));
    service.awaitThat(
        "the path is gone",
        Duration.ofSeconds(10),
        () -> service.send("GET", "/api/v1/paths/extra").statusCode() == 404);
    assertThat(service.send("GET", "/metrics").body()).doesNotContain("path=\"extra\"");
    service.awaitHealth("flow", "ok");
  }

  /// A canary sent since then whose last attempt was deferred at that stage.
  private static Optional<JsonNode> deferredAt(String stage, String path, Instant since) {
    return sentBetween(path, since, Instant.MAX).stream()
        .filter(canary -> state(canary).equals("deferred"))
        .map(canary -> service.canary(id(canary)))
        .filter(canary ->
            RunningMailcanary.event(canary, "deferred").path("stage").asText().equals(stage))
        .findFirst();
  }

  private static List<JsonNode> since(Instant from) {
    return sentBetween("flow", from, Instant.MAX);
  }

  private static List<JsonNode> sentBetween(String path, Instant from, Instant to) {
    return service.canaries(
        path,
        canary -> {
          Instant at = Instant.parse(canary.path("scheduledAt").asText());
          return at.isAfter(from) && at.isBefore(to);
        });
  }

  private static String reason(RunningMailcanary service, String path) {
    return service.path(path).path("reason").asText();
  }

  private static Set<String> states(List<JsonNode> canaries) {
    return canaries.stream().map(OutageIT::state).collect(Collectors.toSet());
  }

  private static String state(JsonNode canary) {
    return canary.path("state").asText();
  }

  private static String id(JsonNode canary) {
    return canary.path("id").asText();
  }
}
