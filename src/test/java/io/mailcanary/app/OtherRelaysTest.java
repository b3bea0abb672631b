package io.mailcanary.app;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.lab.Exim;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.OpenSmtpd;
import io.mailcanary.lab.Ports;
import io.mailcanary.lab.ScriptedSmtpServer;
import io.mailcanary.lab.Server;
import io.mailcanary.runtime.PathView;
import io.mailcanary.store.StoredEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of canaries behind relays that are no Postfix, with receivers of our own at the
/// end.
class OtherRelaysTest {
  @TempDir Path folder;

  private final int store = Ports.free();
  private final int returns = Ports.free();

  private OwnService service(int relay, String receiver, String to) {
    return new OwnService(
            folder,
            """
            relays:
              out: { host: 127.0.0.1, port: %d, tls: none }
            mailboxes:
              store: { protocol: smtp, listen: "127.0.0.1:%d", %s }
              returns: { protocol: smtp, listen: "127.0.0.1:%d" }
            paths:
              one:
                { via: out, from: canary@campus.test, to: %s, arrives-in: store, bounces-to: returns,
                  every: 1h, confirm: { canaries: 0 } }
            """
                .formatted(relay, store, receiver, returns, to))
        .start();
  }

  private Map<String, String> routes(String moving) {
    return Map.of("campus.test", String.valueOf(returns), "moving.test", moving);
  }

  @Test
  @NeedsServer(Server.EXIM)
  void behindEximANextHopThatStopsResolvingFailsThePathAtOnce() {
    try (Exim exim = Exim.start(routes(String.valueOf(store)));
        OwnService own = service(exim.port(), "policy: accept", "user@moving.test")) {
      own.awaitState(own.send("one"), "delivered");
      exim.route(routes(Exim.FAIL + "relay.gone.invalid"));
      Canary canary = own.awaitState(own.send("one"), "bounced");
      assertThat(canary.cause().word()).isEqualTo("next-hop");
      StoredEvent bounce = own.events(canary.id(), "bounced").getFirst();
      assertThat(bounce.detail())
          .containsEntry("action", "failed")
          .containsEntry("recipient", "user@moving.test");
      assertFailsInTime(own, bounce);
    }
  }

  @Test
  @NeedsServer(Server.EXIM)
  void behindEximAReceiverThatPutsOffIsQuotedByTheDelayWarning() {
    try (ScriptedSmtpServer later =
            ScriptedSmtpServer.script()
                .on("RCPT", ScriptedSmtpServer.say("451 4.7.1 come back tomorrow"))
                .start();
        Exim exim =
            Exim.start(
                routes(String.valueOf(later.port())),
                "delay_warning = 1s",
                "delay_warning_condition = yes");
        OwnService own = service(exim.port(), "policy: accept", "user@moving.test")) {
      CanaryId id = own.send("one");
      Canary canary = own.awaitState(id, "deferred");
      StoredEvent report = own.events(id, "delay-reported").getFirst();
      assertThat(report.detail()).containsEntry("action", "delayed");
      assertThat(own.service.prober().words(id)).contains("come back tomorrow");
      assertThat(canary.cause().word()).isNotEqualTo("none");
      assertThat(view(own).health().health().word()).isEqualTo("deferring");
    }
  }

  @Test
  @NeedsServer(Server.EXIM)
  void behindEximGreylistingEndsWellWithTheWaitShownAndNoAlarm() {
    try (Exim exim = Exim.start(routes(String.valueOf(store)));
        OwnService own = service(exim.port(), "greylist: 2s", "user@moving.test")) {
      Canary canary = own.awaitState(own.send("one"), "delivered");
      assertThat(requireNonNull(canary.latency())).isGreaterThan(Duration.ofMillis(1_900));
      assertThat(own.events(canary.id(), "refused-by-receiver"))
          .as(own.service.prober().events(canary.id()).toString())
          .isNotEmpty()
          .allSatisfy(event -> assertThat(event.detail().toString()).contains("4.7.1 Greylisted"));
      assertThat(own.healths).doesNotContain("failing", "deferring");
    }
  }

  @Test
  @NeedsServer(Server.OPENSMTPD)
  void behindOpenSmtpdARefusalBouncesWithTheReceiversWords() {
    try (OpenSmtpd relay = OpenSmtpd.start(Map.of("campus.test", returns, "moving.test", store));
        OwnService own =
            service(
                relay.port(),
                "answers: { rcpt: '550 5.1.1 no such user here' }",
                "user@moving.test")) {
      Canary canary = own.awaitState(own.send("one"), "bounced");
      StoredEvent bounce = own.events(canary.id(), "bounced").getFirst();
      assertThat(bounce.detail().toString()).contains("no such user here");
      assertThat(bounce.detail()).containsEntry("replyCode", 550);
      assertFailsInTime(own, bounce);
    }
  }

  @Test
  @NeedsServer(Server.EXIM)
  void aReceiverOfOurOwnAnswersRoundTripsOverTls() {
    try (Exim exim = Exim.start(routes(String.valueOf(store)));
        OwnService own =
            new OwnService(
                    folder,
                    """
                    relays:
                      out: { host: 127.0.0.1, port: %d, tls: none }
                    mailboxes:
                      far: { protocol: smtp, listen: "127.0.0.1:%d", reply: true }
                      home: { protocol: smtp, listen: "127.0.0.1:%d" }
                    paths:
                      trip: { kind: round-trip, via: out, from: canary@campus.test, to: user@moving.test,
                              arrives-in: home, every: 1h, confirm: { canaries: 0 } }
                    """
                        .formatted(exim.port(), store, returns))
                .start()) {
      Canary canary = own.awaitState(own.send("trip"), "delivered");
      assertThat(own.events(canary.id(), "far-end").getFirst().detail())
          .containsEntry("mailbox", "far");
      assertThat(own.events(canary.id(), "far-end").getFirst().detail().get("hopsOut"))
          .asString()
          .contains("far.receiver.mailcanary.invalid");
      assertThat(own.events(canary.id(), "answered").getFirst().detail())
          .containsEntry("code", 250);
    }
  }

  private static PathView view(OwnService own) {
    return own.service.board().path("one").orElseThrow();
  }

  /// The bounce came to our own receiver: it was told at once, and the path fails.
  private static void assertFailsInTime(OwnService own, StoredEvent bounce) {
    Instant arrived = Instant.parse(String.valueOf(bounce.detail().get("arrivedAt")));
    assertThat(bounce.at()).isBefore(arrived.plusSeconds(2));
    await()
        .atMost(Duration.ofSeconds(2))
        .until(() -> view(own).health().health().word().equals("failing"));
    assertThat(view(own).since()).isBefore(arrived.plusSeconds(2));
  }
}
