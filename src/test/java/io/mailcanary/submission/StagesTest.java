package io.mailcanary.submission;

import static io.mailcanary.lab.ScriptedSmtpServer.drip;
import static io.mailcanary.lab.ScriptedSmtpServer.drop;
import static io.mailcanary.lab.ScriptedSmtpServer.flood;
import static io.mailcanary.lab.ScriptedSmtpServer.hang;
import static io.mailcanary.lab.ScriptedSmtpServer.say;
import static io.mailcanary.lab.ScriptedSmtpServer.sayAndDrop;
import static io.mailcanary.lab.ScriptedSmtpServer.script;
import static io.mailcanary.submission.Relays.reply;
import static io.mailcanary.submission.Relays.what;
import static io.mailcanary.submission.Relays.words;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Evidence;
import io.mailcanary.canary.Handover;
import io.mailcanary.canary.Stage;
import io.mailcanary.lab.Ports;
import io.mailcanary.lab.ScriptedSmtpServer;
import io.mailcanary.lab.ScriptedSmtpServer.Action;
import io.mailcanary.wire.Trust;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class StagesTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final Duration SHORT = Duration.ofMillis(300);

  private final Submission submission =
      new Submission(Relays.LOOPBACK, new Trust(), InstantSource.system());

  @AfterEach
  void close() {
    submission.close();
  }

  /// Command, what the server does, stage, what is left: code or kind of failure, handover.
  static Stream<Arguments> table() {
    record At(String command, Stage stage) {}
    List<At> commands =
        List.of(
            new At("CONNECT", Stage.CONNECT),
            new At("EHLO", Stage.CONNECT),
            new At("MAIL", Stage.MAIL),
            new At("RCPT", Stage.RCPT),
            new At("DATA", Stage.DATA),
            new At(".", Stage.END_OF_DATA));
    List<Arguments> rows = new ArrayList<>();
    for (At at : commands) {
      Handover mute = at.stage == Stage.END_OF_DATA ? Handover.IN_DOUBT : Handover.DEFERRED;
      rows.add(row(at.command, say("451 4.3.0 later"), at.stage, "451", Handover.DEFERRED));
      rows.add(row(at.command, sayAndDrop("421 4.3.2 bye"), at.stage, "421", Handover.DEFERRED));
      if (!at.command.equals("EHLO")) {
        rows.add(row(at.command, say("554 5.7.1 no"), at.stage, "554", Handover.REFUSED));
      }
      rows.add(row(at.command, drop(), at.stage, "CONNECTION", mute));
      rows.add(row(at.command, sayAndDrop("250-half a"), at.stage, "CONNECTION", mute));
      rows.add(row(at.command, hang(), at.stage, "TIMEOUT", mute));
      rows.add(
          row(at.command, drip("250-slow" + "x".repeat(500), SHORT), at.stage, "TIMEOUT", mute));
      rows.add(row(at.command, say("!!! what"), at.stage, "GARBAGE", mute));
      rows.add(row(at.command, say("999 what"), at.stage, "GARBAGE", mute));
      rows.add(row(at.command, say("-12 what"), at.stage, "GARBAGE", mute));
      rows.add(row(at.command, say("311 what"), at.stage, "GARBAGE", mute));
      rows.add(row(at.command, say(""), at.stage, "GARBAGE", mute));
      rows.add(row(at.command, flood("250-" + "x".repeat(996), 10_000), at.stage, "GARBAGE", mute));
      rows.add(
          row(
              at.command,
              flood("250-" + "x".repeat(94) + "\r\n", 10_000),
              at.stage,
              "GARBAGE",
              mute));
    }
    rows.add(row("DATA", say("250 ok"), Stage.DATA, "GARBAGE", Handover.DEFERRED));
    rows.add(row(".", say("251 2.0.0 ok"), Stage.END_OF_DATA, "251", Handover.ACCEPTED));
    rows.add(row(".", sayAndDrop("250 2.0.0 ok"), Stage.END_OF_DATA, "250", Handover.ACCEPTED));
    rows.add(row("RCPT", say("252 2.0.0 maybe"), Stage.END_OF_DATA, "250", Handover.ACCEPTED));
    rows.add(row("EHLO", say("502 5.5.1 what?"), Stage.END_OF_DATA, "250", Handover.ACCEPTED));
    rows.add(row("QUIT", hang(), Stage.END_OF_DATA, "250", Handover.ACCEPTED));
    return rows.stream();
  }

  private static Arguments row(
      String command, Action action, Stage stage, String what, Handover handover) {
    return Arguments.of(command, action, stage, what, handover);
  }

  @ParameterizedTest(name = "{0} {1}: {2} {3} {4}")
  @MethodSource("table")
  void eachStageEndsAsEvidence(
      String command, Action action, Stage stage, String what, Handover handover) {
    try (ScriptedSmtpServer server = script().on(command, action).start()) {
      long before = System.nanoTime();
      Evidence evidence =
          submission.submit(
              Relays.at(server.port()).replyWithin(Duration.ofMillis(400)).relay(),
              Relays.canary());
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(3));
      assertThat(evidence.stage()).as(evidence.toString()).isEqualTo(stage);
      assertThat(what(evidence)).as(evidence.toString()).isEqualTo(what);
      assertThat(Handover.of(evidence)).isEqualTo(handover);
      assertThat(evidence.peer()).isEqualTo("127.0.0.1");
      assertThat(evidence.toString().length()).isLessThan(2_000);
    }
  }

  @Test
  void allLinesOfARefusalAreKept() {
    Action refusal = say("550-5.7.1 first\n550-5.7.1 héllo\n550 5.7.1 last");
    try (ScriptedSmtpServer server = script().on("RCPT", refusal).start()) {
      Evidence evidence = submission.submit(Relays.at(server.port()).relay(), Relays.canary());
      assertThat(reply(evidence).text()).isEqualTo("5.7.1 first\n5.7.1 héllo\n5.7.1 last");
      assertThat(reply(evidence).enhanced()).hasToString("Optional[5.7.1]");
    }
  }

  @Test
  void anAcceptedCanaryLeavesAllItsTimes() {
    try (ScriptedSmtpServer server = script().start()) {
      Submission atNoon = new Submission(Relays.LOOPBACK, new Trust(), InstantSource.fixed(NOON));
      Evidence evidence = atNoon.submit(Relays.at(server.port()).relay(), Relays.canary());
      atNoon.close();
      assertThat(evidence.startedAt()).isEqualTo(NOON);
      assertThat(evidence.host()).isEqualTo("mx.example:" + server.port());
      assertThat(reply(evidence).queueId()).contains("S000001");
      assertThat(evidence.tlsVersion()).isNull();
      assertThat(evidence.times())
          .containsOnlyKeys(
              Stage.WAIT, Stage.CONNECT, Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.END_OF_DATA);
      assertThat(evidence.total()).isPositive();
    }
  }

  @Test
  void bytesGoOutAsTheyAre() {
    byte[] message = ".dot\r\n..dots\r\nß ü\r\n.\r\n\r\nend\r\n".getBytes(StandardCharsets.UTF_8);
    try (ScriptedSmtpServer server = script().offers("8BITMIME", "SIZE 1000").start()) {
      submission.submit(Relays.at(server.port()).relay(), Relays.canary(message));
      assertThat(server.messages()).containsExactly(message);
      assertThat(server.heard())
          .containsExactly(
              "EHLO probe.example",
              "MAIL FROM:<canary@here.example> SIZE=%d BODY=8BITMIME".formatted(message.length),
              "RCPT TO:<box@there.example>",
              "DATA");
    }
  }

  @Test
  void notificationsAreAskedForWhereTheyAreOffered() {
    try (ScriptedSmtpServer server = script().offers("DSN").start()) {
      submission.submit(Relays.at(server.port()).relay(), Relays.canary());
      assertThat(server.heard())
          .contains(
              "MAIL FROM:<canary@here.example> RET=HDRS ENVID=c4n4ry",
              "RCPT TO:<box@there.example> NOTIFY=FAILURE,DELAY");
    }
  }

  @Test
  void lmtpGreetsWithLhlo() {
    try (ScriptedSmtpServer server = script().start()) {
      Evidence evidence =
          submission.submit(Relays.at(server.port()).lmtp().relay(), Relays.canary());
      assertThat(Handover.of(evidence)).isEqualTo(Handover.ACCEPTED);
      assertThat(server.heard()).first().isEqualTo("LHLO probe.example");
    }
  }

  @Test
  void lmtpHasNoOtherGreeting() {
    try (ScriptedSmtpServer server = script().on("LHLO", say("502 5.5.1 what?")).start()) {
      Evidence evidence =
          submission.submit(Relays.at(server.port()).lmtp().relay(), Relays.canary());
      assertThat(evidence.stage()).isEqualTo(Stage.CONNECT);
      assertThat(what(evidence)).isEqualTo("502");
      assertThat(server.heard()).doesNotContain("HELO probe.example");
    }
  }

  @Test
  void aRefusalInTheMiddleOfTheDataIsHeard() {
    // The server takes nothing more and says why: it must not look like a broken connection.
    Action fullUp = sayAndDrop("354 go\n552 5.3.4 too much");
    try (ScriptedSmtpServer server = script().on("DATA", fullUp).start()) {
      byte[] large =
          "x".repeat(78).concat("\r\n").repeat(100_000).getBytes(StandardCharsets.US_ASCII);
      Evidence evidence = submission.submit(Relays.at(server.port()).relay(), Relays.canary(large));
      assertThat(evidence.stage()).isEqualTo(Stage.DATA);
      assertThat(what(evidence)).isEqualTo("552");
    }
  }

  @Test
  void aServerThatReadsNoDataIsLeft() {
    try (ScriptedSmtpServer server = script().on("DATA", flood("354 go on\r\n", 1)).start()) {
      byte[] large =
          "x".repeat(78).concat("\r\n").repeat(200_000).getBytes(StandardCharsets.US_ASCII);
      Evidence evidence =
          submission.submit(
              Relays.at(server.port()).replyWithin(Duration.ofSeconds(1)).relay(),
              Relays.canary(large));
      assertThat(evidence.stage()).isEqualTo(Stage.DATA);
      assertThat(what(evidence)).isEqualTo("TIMEOUT");
    }
  }

  @Test
  void aNameThatIsNotFound() {
    Submission lost =
        new Submission(
            host -> {
              throw new UnknownHostException("192.0.2.53 says NXDOMAIN for " + host);
            },
            new Trust(),
            InstantSource.system());
    Evidence evidence = lost.submit(Relays.at(25).relay(), Relays.canary());
    lost.close();
    assertThat(what(evidence)).isEqualTo("DNS");
    assertThat(words(evidence)).isEqualTo("192.0.2.53 says NXDOMAIN for mx.example");
    assertThat(evidence.stage()).isEqualTo(Stage.CONNECT);
    assertThat(evidence.peer()).isNull();
  }

  @Test
  void aPortWhereNobodyListens() throws Exception {
    Evidence evidence = submission.submit(Relays.at(Ports.free()).relay(), Relays.canary());
    assertThat(what(evidence)).isEqualTo("CONNECTION");
    assertThat(words(evidence)).contains("127.0.0.1: Connection refused");
  }
}
