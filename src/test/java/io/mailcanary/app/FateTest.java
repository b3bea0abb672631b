package io.mailcanary.app;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.api.CanaryResource;
import io.mailcanary.api.Evidences;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.config.ProbeFolder;
import io.mailcanary.config.Reading;
import io.mailcanary.lab.Dovecot;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Postfix;
import io.mailcanary.lab.ScriptedSmtpServer;
import io.mailcanary.lab.Server;
import io.mailcanary.runtime.PathView;
import io.mailcanary.runtime.Plan;
import io.mailcanary.store.DatabaseSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of canaries that do not simply arrive, with a real Postfix on the way and a real
/// Dovecot at its end.
@NeedsServer({Server.POSTFIX, Server.DOVECOT})
@SuppressWarnings("NullAway.Init")
class FateTest {
  private static final Duration LIMIT = Duration.ofSeconds(40);

  private static Dovecot dovecot;
  private static Postfix postfix;
  private static ScriptedSmtpServer later;
  private static Service service;

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    dovecot = Dovecot.builder().users(4).user("canary").user("probe").start();
    later =
        ScriptedSmtpServer.script()
            .on("RCPT", ScriptedSmtpServer.say("451 4.7.1 come back tomorrow"))
            .start();
    postfix =
        Postfix.builder()
            .retryEvery(Duration.ofSeconds(1))
            .deliver("store.test", dovecot.lmtpPort())
            .deliver("campus.test", dovecot.lmtpPort())
            .route("moving.test", "lmtp:inet:127.0.0.1:" + dovecot.lmtpPort())
            .relay("later.test", later.port())
            .line("delay_warning_time = 2s")
            .line("smtp_host_lookup = native")
            .line("smtp_destination_concurrency_failed_cohort_limit = 0")
            .start();
    Path probes = Files.createDirectory(folder.resolve("probes"));
    Files.writeString(probes.resolve("all.yaml"), probes());
    service = new Service(plan(probes), folder.resolve("data"), new DatabaseSettings.InMemory());
    service.watch();
    await().atMost(LIMIT).until(() -> service.board().parts().stream().allMatch(part -> part.ok()));
  }

  private static Plan plan(Path probes) {
    return switch (ProbeFolder.read(probes, _ -> Optional.empty())) {
      case Reading.Valid valid -> valid.plan();
      case Reading.Invalid invalid -> throw new AssertionError(invalid.problems());
    };
  }

  private static String probes() {
    return """
    relays:
      out: { host: 127.0.0.1, port: %1$d, tls: none }
    mailboxes:
      returns: { host: 127.0.0.1, port: %2$d, tls: implicit, verify: false, username: canary, password: %3$s, keep: true }
      home: { host: 127.0.0.1, port: %2$d, tls: implicit, verify: false, username: probe, password: %3$s }
      store: { host: 127.0.0.1, port: %2$d, tls: implicit, verify: false, username: user1, password: %3$s }
      far: { host: 127.0.0.1, port: %2$d, tls: implicit, verify: false, username: user2, password: %3$s, reply: true }
    paths:
      unknown: { every: 1h, via: out, from: canary@campus.test, to: nobody@store.test, arrives-in: store,
                 bounces-to: returns, kind: internal, return-path: verp }
      hop: { every: 1h, via: out, from: canary@campus.test, to: user1@moving.test, arrives-in: store, bounces-to: returns }
      held: { every: 1h, via: out, from: canary@campus.test, to: user1@later.test, arrives-in: store, bounces-to: returns }
      caught: { every: 1h, via: out, from: canary@campus.test, to: nobody@store.test, arrives-in: store,
                bounces-to: returns, expect: { outcome: bounced } }
      escaped: { every: 1h, via: out, from: canary@campus.test, to: user1@store.test, arrives-in: store,
                 bounces-to: returns, expect: { outcome: bounced } }
      trip: { every: 1h, via: out, kind: round-trip, from: probe@campus.test, to: user2@store.test, arrives-in: home }
    """
        .formatted(postfix.port(), dovecot.imapsPort(), Dovecot.PASSWORD);
  }

  @AfterAll
  static void end() {
    try (Dovecot _ = dovecot;
        Postfix _ = postfix;
        ScriptedSmtpServer _ = later;
        Service _ = service) {
      assertThat(service).isNotNull();
    }
  }

  @Test
  void anUnknownUserBouncesAndThePathFailsWithinTwoSeconds() {
    CanaryResource canary = becomes(send("unknown"), "bounced");
    assertThat(canary.cause()).isEqualTo("recipient");
    Map<String, Object> bounce = event(canary, "bounced");
    assertThat(bounce)
        .containsEntry("action", "failed")
        .containsEntry("tiedBy", "return-path")
        .containsEntry("recipient", "nobody@store.test")
        .containsEntry("replyCode", 550);
    assertThat(String.valueOf(bounce.get("diagnostic"))).contains("nobody@store.test");
    assertFailsInTime("unknown", canary, bounce);
    assertThat(service.board().path("unknown").orElseThrow().health().reason())
        .startsWith("bounced: ")
        .contains("550 5.1.1");
  }

  @Test
  void aNextHopThatStopsResolvingIsNamedAsTheCause() {
    assertThat(becomes(send("hop"), "delivered").cause()).isEqualTo("none");
    postfix.set(
        "transport_maps = inline:{ { store.test = lmtp:inet:127.0.0.1:%1$d }, { campus.test = lmtp:inet:127.0.0.1:%1$d }, { later.test = smtp:[127.0.0.1]:%2$d }, { moving.test = smtp:[relay.gone.invalid]:25 } }"
            .formatted(dovecot.lmtpPort(), later.port()));
    await()
        .atMost(LIMIT)
        .until(
            () -> !becomesOneOf(send("hop"), "bounced", "delivered").state().equals("delivered"));
    CanaryResource canary = newest("hop");
    assertThat(canary.state()).isEqualTo("bounced");
    assertThat(canary.cause()).as(String.valueOf(canary.events())).isEqualTo("next-hop");
    Map<String, Object> bounce = event(canary, "bounced");
    assertThat(bounce).containsEntry("tiedBy", "envelope-id").containsEntry("status", "5.4.4");
    assertFailsInTime("hop", canary, bounce);
  }

  @Test
  void aDelayWarningSaysWhoHoldsItAndWhy() {
    CanaryResource canary = becomes(send("held"), "deferred");
    assertThat(event(canary, "delay-reported"))
        .containsEntry("action", "delayed")
        .containsEntry("replyCode", 451);
    PathView view = service.board().path("held").orElseThrow();
    assertThat(view.health().health().word()).isEqualTo("deferring");
    assertThat(view.health().reason()).contains("451 4.7.1 come back tomorrow");
    assertThat(canary.attempts()).isEqualTo(1);
  }

  @Test
  void whatShouldBounceIsWellWhenItDoes() {
    CanaryResource canary = becomes(send("caught"), "bounced");
    assertThat(canary.cause()).isEqualTo("recipient");
    assertThat(service.board().path("caught").orElseThrow().health())
        .satisfies(health -> assertThat(health.health().word()).isEqualTo("ok"))
        .satisfies(health -> assertThat(health.reason()).startsWith("bounced, as it should: "));
  }

  @Test
  void whatShouldBounceFailsThePathWhenItArrives() {
    becomes(send("escaped"), "delivered");
    assertThat(service.board().path("escaped").orElseThrow().health())
        .satisfies(health -> assertThat(health.health().word()).isEqualTo("failing"))
        .satisfies(
            health -> assertThat(health.reason()).isEqualTo("delivered: it should have bounced"));
  }

  @Test
  void aRoundTripIsAnsweredAndTimedBothWays() {
    CanaryResource canary = becomes(send("trip"), "delivered");
    assertThat(canary.mailbox()).isEqualTo("home");
    assertThat(event(canary, "far-end")).containsEntry("mailbox", "far");
    assertThat(event(canary, "answered")).containsEntry("code", 250);
    CanaryResource.RoundTrip trip = requireNonNull(canary.roundTrip());
    assertThat(trip.outSeconds()).isPositive();
    assertThat(requireNonNull(trip.backSeconds())).isPositive().isLessThan(LIMIT.toSeconds());
  }

  @Test
  void aForgedBounceChangesNothing() throws IOException {
    CanaryResource canary = becomes(send("unknown"), "bounced");
    Path bounce = bounceOf(canary);
    CanaryId other = send("escaped");
    becomes(other, "delivered");
    String messageId = service.store().find(other).orElseThrow().messageId();
    String tag = messageId.substring(0, messageId.indexOf('@'));
    String forged = tag.substring(0, tag.length() - 4) + "0000";
    String old = canary.messageId().substring(0, canary.messageId().indexOf('@'));
    double before = unverified("forged");
    dovecot.file("canary", "INBOX", Files.readString(bounce).replace(old, forged));
    await().atMost(LIMIT).until(() -> unverified("forged") > before);
    assertThat(resource(other).state()).isEqualTo("delivered");
    assertThat(resource(other).events())
        .extracting(event -> event.get("kind"))
        .doesNotContain("bounced");
  }

  private static double unverified(String kind) {
    return service
        .metrics()
        .scrape("")
        .lines()
        .filter(line -> line.startsWith("mailcanary_unverified_messages_total"))
        .filter(line -> line.contains("kind=\"" + kind + "\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  private static Path bounceOf(CanaryResource canary) {
    return dovecot.messages("canary", "INBOX").stream()
        .filter(file -> contains(file, canary.messageId()))
        .findFirst()
        .orElseThrow();
  }

  private static boolean contains(Path file, String text) {
    try {
      return Files.readString(file).contains(text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// The bounce was known, and its path failing, within two seconds of its arrival.
  private static void assertFailsInTime(
      String path, CanaryResource canary, Map<String, Object> bounce) {
    try {
      Instant arrived = Files.getLastModifiedTime(bounceOf(canary)).toInstant();
      Instant known = Instant.parse(String.valueOf(bounce.get("at")));
      System.out.println(path + ": bounce known after " + Duration.between(arrived, known));
      assertThat(known).isBefore(arrived.plusSeconds(2));
      PathView view = service.board().path(path).orElseThrow();
      assertThat(view.health().health().word()).isEqualTo("failing");
      assertThat(view.since()).isBefore(arrived.plusSeconds(2));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static CanaryId send(String path) {
    return service.prober().sendNow(path).orElseThrow();
  }

  private static CanaryResource becomes(CanaryId id, String state) {
    return becomesOneOf(id, state);
  }

  private static CanaryResource becomesOneOf(CanaryId id, String... states) {
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(resource(id).state()).isIn((Object[]) states));
    return resource(id);
  }

  private static CanaryResource newest(String path) {
    return resource(service.store().page(path, null, null, 1).getFirst().id());
  }

  private static CanaryResource resource(CanaryId id) {
    Canary canary = service.prober().inMemory(id).or(() -> service.store().find(id)).orElseThrow();
    return Evidences.resource(canary, service.prober().events(id));
  }

  private static Map<String, Object> event(CanaryResource canary, String kind) {
    return Optional.ofNullable(canary.events()).orElse(List.of()).stream()
        .filter(event -> kind.equals(event.get("kind")))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + kind + " in " + canary.events()));
  }
}
