package io.mailcanary.lab;

import static io.mailcanary.lab.ScriptedSmtpServer.say;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.canary.Cause;
import io.mailcanary.mail.Action;
import io.mailcanary.mail.Clue;
import io.mailcanary.mail.MailReport;
import io.mailcanary.mail.RecipientStatus;
import io.mailcanary.verdict.Persistence;
import io.mailcanary.verdict.ReplyClassifier;
import io.mailcanary.verdict.ReplyClassifier.Context;
import io.mailcanary.verdict.ReplyClassifier.Said;
import io.mailcanary.verdict.ReplyVerdict;
import jakarta.mail.Session;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a real Postfix writes back.
@NeedsServer(Server.POSTFIX)
class RealBouncesTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String SENDER = "canary+k1-tag@home.test";
  private static final String RECIPIENT = "user@far.test";

  private final ScriptedSmtpServer home = ScriptedSmtpServer.script().start();

  @AfterEach
  void end() {
    home.close();
  }

  @Test
  void aRefusalComesBackAsAFailure() {
    MailReport report = bounceFrom("550 5.1.1 <user@far.test>: no such user");

    RecipientStatus one = report.dsn().recipients().getFirst();
    assertThat(report.kind()).isEqualTo(MailReport.Kind.DELIVERY_STATUS);
    assertThat(one.address()).isEqualTo(RECIPIENT);
    assertThat(one.action()).isEqualTo(Action.FAILED);
    assertThat(one.replyCode()).isEqualTo(550);
    assertThat(one.status()).hasToString("5.1.1");
    assertThat(one.remoteMta()).isEqualTo("127.0.0.1");
    assertThat(verdict(one).cause()).isEqualTo(Cause.RECIPIENT);
    assertThat(report.dsn().reportingMta()).isEqualTo("relay.test");
    assertThat(report.clues())
        .contains(new Clue(Clue.Kind.RETURN_PATH, SENDER))
        .anyMatch(clue -> clue.kind() == Clue.Kind.MESSAGE_ID)
        .anyMatch(clue -> clue.kind() == Clue.Kind.QUEUE_ID);
    assertThat(report.hops().hops()).isNotEmpty();
  }

  @Test
  void aRefusalForNowComesBackAsADelay() {
    try (ScriptedSmtpServer far =
            ScriptedSmtpServer.script()
                .on(
                    "RCPT",
                    say("450 4.1.8 <canary@home.test>: Sender address rejected: Domain not found"))
                .start();
        Postfix relay = relay(far.port()).line("delay_warning_time = 1s").start()) {
      MailReport report = returned(relay);

      RecipientStatus one = report.dsn().recipients().getFirst();
      assertThat(one.action()).isEqualTo(Action.DELAYED);
      assertThat(one.replyCode()).isEqualTo(450);
      assertThat(one.status()).hasToString("4.1.8");
      assertThat(one.retryUntil()).isNotNull();
      assertThat(verdict(one).cause()).isEqualTo(Cause.SENDER_DOMAIN);
      assertThat(verdict(one).persistence()).isEqualTo(Persistence.MISLEADING);
      assertThat(report.dsn().hasFailed()).isFalse();
    }
  }

  @Test
  void aQueueThatGivesUpSaysWhy() {
    try (ScriptedSmtpServer far =
            ScriptedSmtpServer.script()
                .on("RCPT", say("451 4.7.1 Greylisted, try again in 300 seconds"))
                .start();
        Postfix relay = relay(far.port()).line("maximal_queue_lifetime = 1s").start()) {
      MailReport report = returned(relay);

      RecipientStatus one = report.dsn().recipients().getFirst();
      assertThat(one.action()).isEqualTo(Action.FAILED);
      assertThat(one.replyCode()).isEqualTo(451);
      assertThat(verdict(one).cause()).isEqualTo(Cause.GREYLIST);
    }
  }

  private MailReport bounceFrom(String reply) {
    try (ScriptedSmtpServer far = ScriptedSmtpServer.script().on("RCPT", say(reply)).start();
        Postfix relay = relay(far.port()).start()) {
      return returned(relay);
    }
  }

  private Postfix.Builder relay(int farPort) {
    return Postfix.builder()
        .hostname("relay.test")
        .relay("home.test", home.port())
        .relay("far.test", farPort);
  }

  /// Sends a message through the relay and waits for what comes back.
  private MailReport returned(Postfix relay) {
    Session session = MailClient.session("smtp", relay.port());
    session.getProperties().put("mail.smtp.from", SENDER);
    MailClient.send(session, "", "", RECIPIENT, "goes out");
    await().atMost(LIMIT).until(() -> !home.messages().isEmpty());
    return MailReport.of(home.messages().getFirst());
  }

  private static ReplyVerdict verdict(RecipientStatus one) {
    return ReplyClassifier.of(Said.of(one), Context.of(one));
  }
}
