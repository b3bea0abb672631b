package io.mailcanary.app;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mailcanary.canary.Arrival;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.Cause;
import io.mailcanary.lab.Exim;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.OpenSmtpd;
import io.mailcanary.lab.Ports;
import io.mailcanary.lab.Postfix;
import io.mailcanary.lab.Server;
import io.mailcanary.store.StoredEvent;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real Postfix in front of our own receiver.
@NeedsServer(Server.POSTFIX)
class OwnReceiverTest {
  @TempDir Path folder;
  private final int port = Ports.free();
  private Postfix postfix;

  @BeforeEach
  void postfix() {
    postfix = Postfix.builder().relay("strict.test", port).relay("probe.test", port).start();
  }

  @AfterEach
  void close() {
    postfix.close();
  }

  private String probes(String receiver, String path) {
    return """
    relays:
      out: { host: 127.0.0.1, port: %d, tls: none }
    mailboxes:
      own: { protocol: smtp, listen: "127.0.0.1:%d", %s }
    paths:
      strict:
        via: out
        from: canary@probe.test
        to: canary@strict.test
        arrives-in: own
        every: 1h
        confirm: { canaries: 0 }
        %s
    """
        .formatted(postfix.port(), port, receiver, path);
  }

  private OwnService service(String receiver, String path) {
    return new OwnService(folder, probes(receiver, path)).start();
  }

  @Test
  void whatItTakesHasArrivedToTheMoment() {
    try (OwnService own = service("policy: accept", "")) {
      Canary canary = own.awaitState(own.send("strict"), "delivered");
      assertThat(canary.copies()).isEqualTo(1);
      assertThat(canary.altered()).isFalse();
      Arrival arrival = requireNonNull(canary.arrival());
      assertThat(arrival.mailbox()).isEqualTo("own");
      assertThat(arrival.folder()).isEqualTo("INBOX");
      assertThat(arrival.resolution()).isZero();
      assertThat(canary.latency()).isBetween(Duration.ofMillis(1), Duration.ofSeconds(5));
      assertThat(own.events(canary.id(), "sighted").getFirst().detail().get("hops"))
          .asString()
          .contains("mx.canary.test", "own.receiver.mailcanary.invalid");
    }
  }

  @Test
  @NeedsServer(Server.OPENSMTPD)
  void openSmtpdBringsItToo() {
    try (OpenSmtpd relay = OpenSmtpd.start(Map.of("strict.test", port));
        OwnService own =
            new OwnService(
                    folder,
                    probes("policy: accept", "")
                        .replace("port: " + postfix.port(), "port: " + relay.port()))
                .start()) {
      Canary canary = own.awaitState(own.send("strict"), "delivered");
      assertThat(own.events(canary.id(), "sighted").getFirst().detail().get("hops"))
          .asString()
          .contains("mx.opensmtpd.test");
    }
  }

  @Test
  @NeedsServer(Server.EXIM)
  void eximIsPutOffAndComesAgain() {
    try (Exim relay = Exim.start(Map.of("strict.test", String.valueOf(port)));
        OwnService own =
            new OwnService(
                    folder,
                    probes("greylist: 2s", "")
                        .replace("port: " + postfix.port(), "port: " + relay.port()))
                .start()) {
      CanaryId id = own.send("strict");
      own.awaitState(id, "deferred");
      assertThat(own.awaitState(id, "delivered").latency()).isGreaterThan(Duration.ofSeconds(2));
    }
  }

  @Test
  void greylistingEndsAsDeliveredWithTheWaitShownAndNoAlarm() {
    try (OwnService own = service("greylist: 3s", "")) {
      CanaryId id = own.send("strict");
      Canary waiting = own.awaitState(id, "deferred");
      assertThat(waiting.cause()).isEqualTo(Cause.GREYLIST);
      Canary canary = own.awaitState(id, "delivered");
      assertThat(canary.latency()).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(15));
      Map<String, Object> refusal = own.events(id, "refused-by-receiver").getFirst().detail();
      assertThat(refusal)
          .containsEntry("stage", "rcpt")
          .containsEntry("code", 451)
          .containsEntry("tiedBy", "envid")
          .containsEntry("confidence", "proven")
          .containsEntry("cause", "greylist")
          .containsEntry("helo", "mx.canary.test");
      assertThat(refusal.get("text")).asString().startsWith("4.7.1 Greylisted");
      assertThat(own.healths).isNotEmpty().isSubsetOf("pending", "ok", "blind");
      assertThat(own.healths.getLast()).isEqualTo("ok");
    }
  }

  @Test
  void anAnswerOfOursIsKnownAtOnceWithItsWords() {
    try (OwnService own = service("answers: { rcpt: '451 4.3.2 later' }", "")) {
      await()
          .atMost(OwnService.SOON)
          .until(() ->
              own.service.board().parts().stream()
                  .anyMatch(part -> part.name().equals("mailbox:own") && part.ok()));
      CanaryId id = own.send("strict");
      Canary canary = own.awaitState(id, "deferred");
      StoredEvent first = own.events(id, "refused-by-receiver").getFirst();
      assertThat(Duration.between(canary.start(), first.at())).isLessThan(Duration.ofSeconds(3));
      assertThat(first.detail()).containsEntry("text", "4.3.2 later");
      await().atMost(OwnService.SOON).until(() -> own.healths.getLast().equals("deferring"));
      assertThat(own.service.board().path("strict").orElseThrow().health().reason())
          .contains("our receiver own at rcpt: 451 4.3.2 later");
    }
  }

  @Test
  void withoutAnySignedMarkTheOnlyCanaryOnItsWayIsTaken() {
    try (OwnService own =
        service("answers: { mail: '450 4.1.8 Domain not found' }", "dsn: false")) {
      CanaryId id = own.send("strict");
      own.awaitState(id, "deferred");
      assertThat(own.events(id, "refused-by-receiver").getFirst().detail())
          .containsEntry("tiedBy", "only-one-on-its-way")
          .containsEntry("confidence", "likely");
    }
  }

  @Test
  void aRefusalForGoodIsNotedAndTheBounceComesToTheSameReceiver() {
    try (OwnService own =
        service("answers: { end-of-data: '550 5.7.1 no' }", "return-path: verp")) {
      CanaryId id = own.send("strict");
      await().atMost(OwnService.SOON).until(() -> !own.events(id, "refused-by-receiver").isEmpty());
      assertThat(own.events(id, "refused-by-receiver").getFirst().detail())
          .containsEntry("stage", "end-of-data")
          .containsEntry("tiedBy", "return-path")
          .containsEntry("code", 550);
      assertThat(own.canary(id).state().word()).isIn("in-transit", "bounced");
    }
  }

  @Test
  void settingsChangeWithoutAGapAndABadPortIsAProblemOfTheProbeFiles() throws Exception {
    try (OwnService own = service("answers: { rcpt: '451 4.3.2 later' }", "");
        ServerSocket taken = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      CanaryId id = own.send("strict");
      own.awaitState(id, "deferred");
      own.service.follow(own.plan(probes("policy: accept", "")));
      own.awaitState(id, "delivered");
      String elsewhere =
          probes("policy: accept", "").replace(":" + port, ":" + taken.getLocalPort());
      own.service.follow(own.plan(elsewhere));
      assertThat(own.service.board().configuration().problems())
          .singleElement()
          .asString()
          .startsWith("mailboxes.own.listen: 127.0.0.1 port " + taken.getLocalPort());
      own.awaitState(own.send("strict"), "delivered");
    }
  }

  @Test
  void aPortThatCannotBeHadEndsTheStart() throws Exception {
    try (ServerSocket _ = new ServerSocket(port, 5, InetAddress.getLoopbackAddress());
        OwnService own = new OwnService(folder, probes("policy: accept", ""))) {
      assertThatThrownBy(own::start)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("mailboxes.own.listen: 127.0.0.1 port " + port)
          .hasMessageContaining("cannot be listened at");
    }
  }
}
