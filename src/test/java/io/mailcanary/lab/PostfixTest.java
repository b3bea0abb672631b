package io.mailcanary.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsServer({Server.POSTFIX, Server.DOVECOT})
class PostfixTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @SuppressWarnings("NullAway.Init")
  private static Dovecot dovecot;

  @SuppressWarnings("NullAway.Init")
  private static Postfix postfix;

  @BeforeAll
  static void start(@TempDir Path certificates) {
    dovecot = Dovecot.builder().users(10).start();
    CertificateAuthority authority = CertificateAuthority.in(certificates);
    postfix =
        Postfix.builder()
            .deliver("canary.test", dovecot.lmtpPort())
            .submission(authority.forLocalhost(), dovecot.saslSocket())
            .start();
  }

  @AfterAll
  static void end() {
    try (Dovecot _ = dovecot;
        Postfix relay = postfix) {
      assertThat(relay.log().lines().filter(line -> !line.contains("SASL LOGIN authentication")))
          .noneMatch(line -> line.matches(".*(fatal|panic|error|warning): .*"));
    }
  }

  @Test
  void mailHandedToPostfixIsSeenByImap() throws MessagingException {
    MailClient.send(postfix.port(), "user1+tag@canary.test", "by imap");

    Session session = MailClient.session("imap", dovecot.imapPort());
    try (Store store = MailClient.store(session, "imap", "user1");
        Folder inbox = store.getFolder("INBOX")) {
      inbox.open(Folder.READ_WRITE);
      await().atMost(LIMIT).until(() -> inbox.getMessageCount() == 1);
      assertThat(inbox.getMessage(1).getSubject()).isEqualTo("by imap");
      assertThat(inbox.getMessage(1).getHeader("Delivered-To"))
          .containsExactly("user1+tag@canary.test");
      assertThat(inbox.getMessage(1).getHeader("Received")).hasSize(2);
      inbox.getMessage(1).setFlag(Flags.Flag.DELETED, true);
    }
    assertThat(dovecot.messages("user1", "INBOX")).isEmpty();
  }

  @Test
  void mailHandedToPostfixIsSeenByPop3() throws MessagingException {
    MailClient.send(postfix.port(), "user2@canary.test", "by pop3");
    await().atMost(LIMIT).until(() -> !dovecot.messages("user2", "INBOX").isEmpty());

    Session session = MailClient.session("pop3", dovecot.pop3Port());
    try (Store store = MailClient.store(session, "pop3", "user2");
        Folder inbox = store.getFolder("INBOX")) {
      inbox.open(Folder.READ_ONLY);
      assertThat(inbox.getMessage(1).getSubject()).isEqualTo("by pop3");
    }
  }

  @Test
  void submissionTakesMailAfterStarttlsAndLogin() {
    MailClient.send(
        submission(), "user3@canary.test", Dovecot.PASSWORD, "user3@canary.test", "submitted");

    await().atMost(LIMIT).until(() -> dovecot.messages("user3", "INBOX").size() == 1);
    assertThat(dovecot.messages("user3", "INBOX").getFirst())
        .content()
        .contains("with ESMTPSA", "for <user3@canary.test>");
  }

  @Test
  void submissionRefusesAWrongPassword() {
    assertThatThrownBy(() ->
            MailClient.send(submission(), "user3", "not-this-one", "user3@canary.test", "refused"))
        .hasMessageContaining("535 5.7.8");
  }

  @Test
  void submissionOverImplicitTlsAsksForALogin() {
    Session session =
        MailClient.trusting(
            MailClient.session("smtp", postfix.submissionsPort()), "smtp", postfix.caFile());
    session.getProperties().put("mail.smtp.ssl.enable", "true");

    assertThatThrownBy(() -> MailClient.send(session, "", "", "user3@canary.test", "no login"))
        .rootCause()
        .hasMessageContaining("554 5.7.1");
  }

  private static Session submission() {
    Session session =
        MailClient.trusting(
            MailClient.session("smtp", postfix.submissionPort()), "smtp", postfix.caFile());
    session.getProperties().put("mail.smtp.auth", "true");
    session.getProperties().put("mail.smtp.starttls.enable", "true");
    session.getProperties().put("mail.smtp.starttls.required", "true");
    return session;
  }

  @Test
  void theQueueOutlivesAnEndAndAKill() {
    int nobody = Ports.free();
    try (Postfix relay = Postfix.builder().relay("*", nobody).start()) {
      MailClient.send(relay.port(), "someone@far.test", "waits");
      await().atMost(LIMIT).until(() -> !relay.queue().isEmpty());
      await().atMost(LIMIT).until(() -> relay.queue().getFirst().delayReason().contains("refused"));

      relay.stop();
      assertThat(relay.running()).isFalse();
      relay.start();
      relay.kill();
      assertThatThrownBy(() -> MailClient.send(relay.port(), "someone@far.test", "nobody there"))
          .isInstanceOf(IllegalStateException.class);
      relay.start();

      assertThat(relay.queue()).hasSize(1);
      assertThat(relay.queue().getFirst().recipients()).containsExactly("someone@far.test");
    }
  }

  @Test
  void aRouteIsMendedWhileMailWaits() {
    try (Postfix relay = Postfix.builder().relay("canary.test", Ports.free()).start()) {
      MailClient.send(relay.port(), "user4@canary.test", "late");
      await().atMost(LIMIT).until(() -> !relay.queue().isEmpty());

      relay.set(
          "transport_maps = inline:{ {canary.test = smtp:[127.0.0.1]:%d} }"
              .formatted(postfix.port()));

      await().atMost(LIMIT).until(() -> dovecot.messages("user4", "INBOX").size() == 1);
      await().atMost(LIMIT).until(() -> relay.queue().isEmpty());
    }
  }

  @Test
  void anUnknownMailboxBouncesToTheSender() {
    Session session = MailClient.session("smtp", postfix.port());
    session.getProperties().put("mail.smtp.from", "user5@canary.test");

    MailClient.send(session, "", "", "nobody-here@canary.test", "bounces");

    await().atMost(LIMIT).until(() -> dovecot.messages("user5", "INBOX").size() == 1);
    assertThat(dovecot.messages("user5", "INBOX").getFirst())
        .content()
        .contains("Return-Path: <>", "Final-Recipient: rfc822; nobody-here@canary.test");
  }

  @Test
  void startsWithinTwoSecondsAndLeavesNothingBehind() {
    Instant before = Instant.now();
    Path folder;
    try (Postfix another = Postfix.builder().start()) {
      assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(2));
      folder = another.logFile().resolveSibling("queue");
      assertThat(folder).exists();
      another.freeze();
    }
    assertThat(folder).doesNotExist();
  }
}
