package io.mailcanary.receiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mailcanary.lab.Ports;
import io.mailcanary.mail.SmtpReply;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Mailbox.Receiver;
import io.mailcanary.path.Mailbox.Receiver.Policy;
import io.mailcanary.path.Mailbox.Receiver.Protocol;
import io.mailcanary.path.Mailbox.Receiver.Stage;
import io.mailcanary.path.Paths;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Receivers of our own, spoken to over the wire.
class ReceiversTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String TAG = "k1-" + "0".repeat(48);

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-21T10:00:00Z"));
  private final InstantSource clock = now::get;
  private final Heard heard = new Heard();
  private final MailPath path = Paths.to("canary@probe.test", "canary@strict.test", "own");
  private final List<Receivers> open = new ArrayList<>();

  @AfterEach
  void close() {
    open.forEach(Receivers::close);
  }

  private Receivers receivers(Limits limits) {
    Receivers receivers = new Receivers(ReceiverPolicy.NONE, clock, limits, Optional.empty());
    open.add(receivers);
    return receivers;
  }

  private static Receiver receiver(Protocol protocol, int port, Policy policy) {
    return receiver(protocol, port, policy, Map.of(), Duration.ZERO);
  }

  private static Receiver receiver(
      Protocol protocol, int port, Policy policy, Map<Stage, SmtpReply> answers, Duration delay) {
    return new Receiver(
        "own",
        protocol,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        policy,
        answers,
        Duration.ofSeconds(60),
        delay,
        Optional.empty());
  }

  private Receivers listening(Receiver receiver, Limits limits) throws Receivers.UnboundException {
    Receivers receivers = receivers(limits);
    receivers.follow(List.of(receiver), List.of(path));
    receivers.hear("own", heard);
    return receivers;
  }

  private Client client(Receiver receiver) throws Receivers.UnboundException {
    return client(receiver, Limits.USUAL);
  }

  private Client client(Receiver receiver, Limits limits) throws Receivers.UnboundException {
    return new Client(listening(receiver, limits).port("own").orElseThrow());
  }

  private static Client greeted(Client client) {
    assertThat(client.reply()).startsWith("220 ");
    assertThat(client.say("EHLO sender.test")).startsWith("250-").contains("DSN", "SIZE ");
    return client;
  }

  private static Limits limits(Duration command, Duration message, int perClient) {
    Limits usual = Limits.USUAL;
    return new Limits(
        usual.connections(),
        perClient,
        30,
        usual.errors(),
        2,
        1_000,
        command,
        usual.hurried(),
        message,
        usual.session());
  }

  @Test
  void aMessageForAPathsRecipientIsTakenAndToldWithAllThatIsKnown() throws Exception {
    try (Client client = greeted(client(receiver(Protocol.SMTP, 0, Policy.ACCEPT)))) {
      assertThat(client.say("MAIL FROM:<canary@probe.test> SIZE=100 RET=HDRS ENVID=" + TAG + "+2B"))
          .isEqualTo("250 2.1.0 Ok");
      assertThat(client.say("RCPT TO:<Canary@Strict.Test> NOTIFY=FAILURE")).startsWith("250 ");
      assertThat(client.say("DATA")).startsWith("354 ");
      assertThat(client.say("Subject: hello\r\n\r\n..one dot\r\n.")).startsWith("250 2.0.0 Ok");
      assertThat(client.say("QUIT")).startsWith("221 ");
    }
    assertThat(heard.refused).isEmpty();
    assertThat(heard.messages).hasSize(1);
    Attempt attempt = heard.attempts.getFirst();
    assertThat(attempt.mailbox()).isEqualTo("own");
    assertThat(attempt.client()).isEqualTo("127.0.0.1");
    assertThat(attempt.helo()).isEqualTo("sender.test");
    assertThat(attempt.sender()).isEqualTo("canary@probe.test");
    assertThat(attempt.envelopeId()).isEqualTo(TAG + "+");
    assertThat(attempt.steps())
        .extracting(Attempt.Step::stage, step -> step.answer().code())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(Stage.HELO, 250),
            org.assertj.core.groups.Tuple.tuple(Stage.MAIL, 250),
            org.assertj.core.groups.Tuple.tuple(Stage.RCPT, 250),
            org.assertj.core.groups.Tuple.tuple(Stage.DATA, 354),
            org.assertj.core.groups.Tuple.tuple(Stage.END_OF_DATA, 250));
    assertThat(heard.messages.getFirst().head())
        .startsWith("Return-Path: <canary@probe.test>\r\nDelivered-To: Canary@Strict.Test\r\n")
        .contains("Received: from sender.test ([127.0.0.1])")
        .endsWith("Subject: hello\r\n\r\n.one dot\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          canary@strict.test                         | 250 | the path's own recipient
          CANARY@strict.TEST                         | 250 | in any case
          @relay.test:canary@strict.test             | 250 | with a source route, which is ignored
          canary@probe.test                          | 250 | its return path
          canary+{TAG}@probe.test                    | 250 | its return path with a tag
          canary+news@probe.test                     | 550 | its return path with something else
          canary+{TAG}@strict.test                   | 550 | a tag where none belongs
          postmaster@strict.test                     | 550 | somebody else of the same domain
          canary@elsewhere.test                      | 550 | somebody elsewhere
          canary%elsewhere.test@strict.test          | 550 | the percent hack
          elsewhere.test!canary@strict.test          | 550 | a bang path
          "canary@strict.test"@elsewhere.test        | 550 | quoted
          canary@strict.test@elsewhere.test          | 550 | twice an at sign
          canary                                     | 550 | no domain
          """)
  void noRelayForAnybody(String recipient, int code, String why) throws Exception {
    try (Client client = greeted(client(receiver(Protocol.SMTP, 0, Policy.ACCEPT)))) {
      client.say("MAIL FROM:<>");
      String reply = client.say("RCPT TO:<%s>".formatted(recipient.replace("{TAG}", TAG)));
      assertThat(reply).as(why).startsWith(code + (code == 550 ? " 5.7.1 " : " 2.1.5 "));
      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(heard.refused).hasSize(code == 550 ? 1 : 0));
      if (code == 550) {
        assertThat(client.say("DATA")).startsWith("503 ");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Stage.class)
  void anAnswerAtAStageIsGivenThereAndTold(Stage stage) throws Exception {
    SmtpReply answer = SmtpReply.parse("451 4.3.2 later").orElseThrow();
    Receiver receiver =
        receiver(Protocol.SMTP, 0, Policy.ACCEPT, Map.of(stage, answer), Duration.ZERO);
    List<String> lines =
        List.of(
            "EHLO sender.test",
            "MAIL FROM:<canary@probe.test>",
            "RCPT TO:<canary@strict.test>",
            "DATA",
            "Subject: hello " + TAG + "\r\n\r\n.");
    try (Client client = client(receiver)) {
      List<String> replies = new ArrayList<>(List.of(client.reply()));
      for (int i = 0; i < stage.ordinal(); i++) {
        replies.add(client.say(lines.get(i)));
      }
      assertThat(replies.getLast()).isEqualTo("451 4.3.2 later");
      assertThat(replies.subList(0, replies.size() - 1)).noneMatch(line -> line.startsWith("4"));
    }
    await().atMost(SOON).until(() -> !heard.refused.isEmpty());
    assertThat(heard.refused).hasSize(1);
    assertThat(heard.refused.getFirst().last().stage()).isEqualTo(stage);
    assertThat(heard.refused.getFirst().last().answer()).isEqualTo(answer);
    assertThat(heard.messages).isEmpty();
    if (stage == Stage.END_OF_DATA) {
      assertThat(heard.heads.getFirst()).contains(TAG);
    }
  }

  @Test
  void greylistingPutsOffTheFirstContactAndKnowsItAgain() throws Exception {
    try (Client client = greeted(client(receiver(Protocol.SMTP, 0, Policy.GREYLIST)))) {
      client.say("MAIL FROM:<canary@probe.test>");
      String first = client.say("RCPT TO:<canary@strict.test>");
      assertThat(first).startsWith("451 4.7.1 Greylisted").contains("60 seconds");
      now.updateAndGet(at -> at.plusSeconds(59));
      assertThat(client.say("RCPT TO:<canary@strict.test>")).startsWith("451 ");
      now.updateAndGet(at -> at.plusSeconds(1));
      assertThat(client.say("RCPT TO:<canary@strict.test>")).startsWith("250 ");
      client.say("RSET");
      client.say("MAIL FROM:<canary@probe.test>");
      assertThat(client.say("RCPT TO:<canary@strict.test>")).startsWith("250 ");
      client.say("RSET");
      client.say("MAIL FROM:<other@probe.test>");
      assertThat(client.say("RCPT TO:<canary@strict.test>")).startsWith("451 ");
    }
  }

  @Test
  void lmtpAnswersForEachRecipient() throws Exception {
    try (Client client = client(receiver(Protocol.LMTP, 0, Policy.ACCEPT))) {
      assertThat(client.reply()).startsWith("220 ");
      assertThat(client.say("EHLO sender.test")).startsWith("500 ");
      assertThat(client.say("LHLO sender.test")).startsWith("250-");
      client.say("MAIL FROM:<>");
      assertThat(client.say("RCPT TO:<canary@strict.test>")).startsWith("250 ");
      assertThat(client.say("RCPT TO:<nobody@strict.test>")).startsWith("550 ");
      assertThat(client.say("RCPT TO:<canary@probe.test>")).startsWith("250 ");
      client.say("DATA");
      assertThat(client.say("Subject: two\r\n\r\n.")).startsWith("250 ");
      assertThat(client.reply()).startsWith("250 ");
    }
    assertThat(heard.messages)
        .extracting(ReceivedMessage::recipient)
        .containsExactly("canary@strict.test", "canary@probe.test");
  }

  @Test
  void aDelayHoldsEachMessageOnce() throws Exception {
    Duration delay = Duration.ofSeconds(1);
    Receiver slow = receiver(Protocol.SMTP, 0, Policy.ACCEPT, Map.of(), delay);
    try (Client client = greeted(client(slow))) {
      client.say("MAIL FROM:<>");
      long began = System.nanoTime();
      assertThat(client.say("RCPT TO:<canary@strict.test>")).startsWith("250 ");
      long waited = System.nanoTime();
      assertThat(client.say("RCPT TO:<canary@strict.test>")).startsWith("250 ");
      assertThat(Duration.ofNanos(waited - began)).isBetween(delay, SOON);
      assertThat(Duration.ofNanos(System.nanoTime() - waited)).isLessThan(delay);
    }
  }

  @Test
  void pipelinedCommandsAreAnsweredInOrder() throws Exception {
    try (Client client = greeted(client(receiver(Protocol.SMTP, 0, Policy.ACCEPT)))) {
      client.write("MAIL FROM:<canary@probe.test>\r\nRCPT TO:<canary@strict.test>\r\nDATA\r\n");
      assertThat(client.reply()).startsWith("250 2.1.0");
      assertThat(client.reply()).startsWith("250 2.1.5");
      assertThat(client.reply()).startsWith("354 ");
      assertThat(client.say("x\r\n.")).startsWith("250 2.0.0");
    }
  }

  @Test
  void tooMuchIsRefused() throws Exception {
    Limits limits = limits(SOON, SOON, 3);
    Receivers receivers = listening(receiver(Protocol.SMTP, 0, Policy.ACCEPT), limits);
    int port = receivers.port("own").orElseThrow();
    try (Client client = greeted(new Client(port))) {
      assertThat(client.say("MAIL FROM:<> SIZE=1001")).startsWith("552 5.3.4");
      client.say("MAIL FROM:<>");
      client.say("RCPT TO:<canary@strict.test>");
      client.say("RCPT TO:<canary@probe.test>");
      assertThat(client.say("RCPT TO:<canary@strict.test>")).startsWith("452 4.5.3");
      client.say("DATA");
      assertThat(client.say("x".repeat(1_100) + "\r\n.")).startsWith("552 5.3.4");
      assertThat(client.say("NOOP " + "x".repeat(2_000))).startsWith("501 ");
      assertThat(client.reply()).isEmpty();
    }
    try (Client client = greeted(new Client(port))) {
      String last = "";
      for (int i = 0; i < 40 && !last.startsWith("421"); i++) {
        last = client.say("NOOP");
      }
      assertThat(last).startsWith("421 4.7.0");
    }
    try (Client client = greeted(new Client(port))) {
      String last = "";
      for (int i = 0; i < 25 && !last.startsWith("421"); i++) {
        last = client.say("MAIL");
        last = last.isEmpty() ? "421" : last;
      }
      assertThat(last).startsWith("421");
    }
  }

  @Test
  void oneClientGetsSoManyConnections() throws Exception {
    Receivers receivers =
        listening(receiver(Protocol.SMTP, 0, Policy.ACCEPT), limits(SOON, SOON, 3));
    int port = receivers.port("own").orElseThrow();
    await().atMost(SOON).until(() -> heard.sight.contains("listening own"));
    try (Client one = greeted(new Client(port));
        Client two = greeted(new Client(port));
        Client three = greeted(new Client(port));
        Client four = new Client(port)) {
      assertThat(four.reply()).startsWith("421 4.7.0");
      assertThat(List.of(one, two, three)).allMatch(c -> c.say("NOOP").startsWith("250"));
    }
  }

  @Test
  void whoSendsAByteNowAndThenIsCutOff() throws Exception {
    Limits limits = limits(Duration.ofMillis(600), Duration.ofMillis(600), 9);
    Receivers receivers = listening(receiver(Protocol.SMTP, 0, Policy.ACCEPT), limits);
    int port = receivers.port("own").orElseThrow();
    try (Client command = new Client(port);
        Client message = new Client(port)) {
      assertThat(command.reply()).startsWith("220 ");
      greeted(message);
      message.say("MAIL FROM:<>");
      message.say("RCPT TO:<canary@strict.test>");
      message.say("DATA");
      assertThat(drip(command)).isLessThan(Duration.ofSeconds(5));
      assertThat(drip(message)).isLessThan(Duration.ofSeconds(5));
    }
    try (Client next = greeted(new Client(port))) {
      assertThat(next.say("NOOP")).startsWith("250 ");
    }
  }

  /// Sends a byte every 50 ms; how long that went well.
  private static Duration drip(Client client) {
    long began = System.nanoTime();
    Thread reader = Thread.startVirtualThread(client::reply);
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> {
          try {
            client.write("x");
          } catch (RuntimeException _) {
            return true;
          }
          return !reader.isAlive();
        });
    return Duration.ofNanos(System.nanoTime() - began);
  }

  @Test
  void garbageBringsNothingDown() throws Exception {
    Receivers receivers = listening(receiver(Protocol.SMTP, 0, Policy.ACCEPT), Limits.USUAL);
    int port = receivers.port("own").orElseThrow();
    Random random = new Random(42);
    List<String> words =
        List.of(
            "EHLO",
            "MAIL FROM:",
            "RCPT TO:",
            "<",
            ">",
            "\"",
            "\\",
            "@",
            "\r\n",
            "\n",
            "\0",
            "DATA\r\n",
            "canary@strict.test",
            " ENVID=+ZZ",
            " SIZE=99999999999999999999",
            "+4",
            "ü",
            "STARTTLS\r\n",
            "BDAT 5 LAST\r\n",
            "AUTH PLAIN\r\n",
            ".\r\n",
            "\u007f",
            "x".repeat(300));
    for (int i = 0; i < 100; i++) {
      try (Client client = new Client(port)) {
        client.reply();
        StringBuilder text = new StringBuilder("EHLO x\r\n");
        for (int j = random.nextInt(40); j > 0; j--) {
          text.append(words.get(random.nextInt(words.size())));
        }
        client.write(text.toString());
      } catch (UncheckedIOException _) {
        // cut off already
      }
    }
    try (Client client = greeted(new Client(port))) {
      assertThat(client.say("MAIL FROM:<>")).startsWith("250 ");
    }
    assertThat(heard.messages).hasSizeLessThan(5);
  }

  @Test
  void settingsChangeWhileThePortStaysOpen() throws Exception {
    Receivers receivers = listening(receiver(Protocol.SMTP, 0, Policy.ACCEPT), Limits.USUAL);
    int port = receivers.port("own").orElseThrow();
    try (Client client = greeted(new Client(port))) {
      receivers.follow(List.of(receiver(Protocol.SMTP, 0, Policy.GREYLIST)), List.of(path));
      assertThat(receivers.port("own")).hasValue(port);
      client.say("MAIL FROM:<>");
      assertThat(client.say("RCPT TO:<canary@strict.test>")).startsWith("451 ");
    }
  }

  @Test
  void anotherPortIsListenedAtAndTheOldOneClosed() throws Exception {
    int first = Ports.free();
    int second = Ports.free();
    Receivers receivers = listening(receiver(Protocol.SMTP, first, Policy.ACCEPT), Limits.USUAL);
    receivers.follow(List.of(receiver(Protocol.SMTP, second, Policy.ACCEPT)), List.of(path));
    try (Client client = new Client(second)) {
      greeted(client);
    }
    assertThatThrownBy(() -> new Client(first)).hasMessageContaining("refused");
    receivers.follow(List.of(), List.of());
    assertThatThrownBy(() -> new Client(second)).hasMessageContaining("refused");
  }

  @Test
  void aPortThatCannotBeHadLeavesAllAsItWas() throws Exception {
    int mine = Ports.free();
    Receivers receivers = listening(receiver(Protocol.SMTP, mine, Policy.ACCEPT), Limits.USUAL);
    try (ServerSocket others = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Receiver next = receiver(Protocol.SMTP, others.getLocalPort(), Policy.GREYLIST);
      assertThatThrownBy(() -> receivers.follow(List.of(next), List.of(path)))
          .isInstanceOf(Receivers.UnboundException.class)
          .hasMessageContaining("mailboxes.own.listen: 127.0.0.1 port " + others.getLocalPort())
          .hasMessageContaining("cannot be listened at");
    }
    try (Client client = greeted(new Client(mine))) {
      client.say("MAIL FROM:<>");
      assertThat(client.say("RCPT TO:<canary@strict.test>")).startsWith("250 ");
    }
  }

  @Test
  void anotherProtocolOnTheSamePortIsTakenOver() throws Exception {
    int port = Ports.free();
    Receivers receivers = listening(receiver(Protocol.SMTP, port, Policy.ACCEPT), Limits.USUAL);
    receivers.follow(List.of(receiver(Protocol.LMTP, port, Policy.ACCEPT)), List.of(path));
    try (Client client = new Client(port)) {
      client.reply();
      assertThat(client.say("LHLO x")).startsWith("250");
    }
  }

  @Test
  void itSaysWhetherItListens() throws Exception {
    Receivers receivers = listening(receiver(Protocol.SMTP, 0, Policy.ACCEPT), Limits.USUAL);
    await().atMost(SOON).until(() -> heard.sight.contains("listening own"));
    assertThat(receivers.heardUntil("own")).isEqualTo(now.get());
    assertThat(heard.refused).isEmpty();
    receivers.hear("gone", heard);
    await().atMost(SOON).until(() -> heard.sight.contains("deaf gone: nothing listens for it"));
  }

  @Test
  void aConnectionThatIsNotReadIsCutInTheEnd() throws IOException {
    try (GuardedSocket socket = new GuardedSocket(Duration.ofMinutes(1))) {
      assertThat(socket.overdue()).isNegative();
      socket.within(Duration.ZERO);
      assertThat(socket.overdue()).isPositive();
    }
  }
}
