package io.mailcanary.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.mail.FetchProfile;
import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.UIDFolder;
import jakarta.mail.event.MessageCountAdapter;
import jakarta.mail.event.MessageCountEvent;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.search.AndTerm;
import jakarta.mail.search.FlagTerm;
import jakarta.mail.search.HeaderTerm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.angus.mail.imap.AppendUID;
import org.eclipse.angus.mail.imap.IMAPFolder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StubMailServerTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final StubMailServer server = StubMailServer.start();

  @SuppressWarnings("NullAway.Init")
  private Store store;

  @SuppressWarnings("NullAway.Init")
  private IMAPFolder inbox;

  @BeforeEach
  void open() throws MessagingException {
    Session session = MailClient.session("imap", server.imapPort());
    store = MailClient.store(session, "imap", "canary@stub.test");
    inbox = (IMAPFolder) store.getFolder("INBOX");
    inbox.open(Folder.READ_WRITE);
  }

  @AfterEach
  void close() throws MessagingException {
    try (server) {
      store.close();
    }
  }

  @Test
  void mailSentBySmtpIsReadByImap() throws Exception {
    MailClient.send(server.smtpPort(), "canary+tag@stub.test", "first");
    MailClient.send(server.smtpPort(), "Canary@stub.test", "second");

    assertThat(inbox.getMessageCount()).isZero();
    inbox.doCommand(protocol -> {
      protocol.noop();
      return null;
    });

    Message[] messages = inbox.getMessages();
    FetchProfile profile = new FetchProfile();
    profile.add(UIDFolder.FetchProfileItem.UID);
    profile.add(IMAPFolder.FetchProfileItem.HEADERS);
    profile.add(IMAPFolder.FetchProfileItem.INTERNALDATE);
    profile.add(FetchProfile.Item.FLAGS);
    profile.add(FetchProfile.Item.SIZE);
    inbox.fetch(messages, profile);
    assertThat(messages).hasSize(2);
    assertThat(messages[1].getHeader("Subject")).containsExactly("second");
    assertThat(messages[0].getHeader("Delivered-To")).containsExactly("canary+tag@stub.test");
    assertThat(messages[0].getHeader("Return-Path")).containsExactly("<canary@probe.test>");
    assertThat(messages[0].getHeader("Received")[0]).contains("by stub.canary.test with ESMTP");
    assertThat(inbox.getUID(messages[1])).isEqualTo(2);
    assertThat(text(messages[0])).endsWith("A test of the mail path.\r\n");
    assertThat(messages[0].getSize()).isEqualTo(text(messages[0]).length());
    assertThat(Duration.between(messages[0].getReceivedDate().toInstant(), Instant.now()))
        .isLessThan(LIMIT);
    assertThat(server.accepted()).isEqualTo(2);
  }

  private static String text(Message message) throws IOException, MessagingException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    message.writeTo(bytes);
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }

  @Test
  void anArrivalIsPushedToWhoIdles() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    inbox.addMessageCountListener(
        new MessageCountAdapter() {
          @Override
          public void messagesAdded(MessageCountEvent event) {
            arrived.countDown();
          }
        });
    Thread idling =
        Thread.ofVirtual()
            .start(() -> {
              try {
                inbox.idle(true);
              } catch (MessagingException e) {
                throw new IllegalStateException(e);
              }
            });
    server.deliver(
        "canary", "INBOX", "Subject: pushed\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

    assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
    idling.join(LIMIT);
    assertThat(inbox.getMessageCount()).isEqualTo(1);
  }

  @Test
  void onlyDeletedMailIsExpunged() throws Exception {
    for (String subject : List.of("a", "b", "c")) {
      MailClient.send(server.smtpPort(), "canary@stub.test", subject);
    }
    await().atMost(LIMIT).until(() -> refreshed() == 3);
    Message middle = inbox.getMessageByUID(2);
    middle.setFlag(Flags.Flag.DELETED, true);
    inbox.getMessageByUID(3).setFlag(Flags.Flag.DELETED, true);

    inbox.expunge(new Message[] {middle});

    assertThat(inbox.getMessageCount()).isEqualTo(2);
    assertThat(server.messages("canary", "INBOX")).isEqualTo(2);
    assertThat(inbox.search(new FlagTerm(new Flags(Flags.Flag.DELETED), true))).hasSize(1);
    inbox.close(true);
    assertThat(server.messages("canary", "INBOX")).isEqualTo(1);
  }

  private int refreshed() throws MessagingException {
    inbox.doCommand(protocol -> {
      protocol.noop();
      return null;
    });
    return inbox.getMessageCount();
  }

  @Test
  void searchFindsByHeaderAndFlag() throws Exception {
    MailClient.send(server.smtpPort(), "canary@stub.test", "needle one");
    MailClient.send(server.smtpPort(), "canary@stub.test", "hay");
    await().atMost(LIMIT).until(() -> refreshed() == 2);

    Message[] found =
        inbox.search(
            new AndTerm(
                new HeaderTerm("Subject", "Needle"),
                new FlagTerm(new Flags(Flags.Flag.DELETED), false)));

    assertThat(found).hasSize(1);
    assertThat(found[0].getMessageNumber()).isEqualTo(1);
  }

  @Test
  void foldersAreListedAndAppendedTo() throws Exception {
    assertThat(store.getDefaultFolder().list("*"))
        .extracting(Folder::getName)
        .containsExactlyInAnyOrder("INBOX", "Junk");
    IMAPFolder junk = (IMAPFolder) store.getFolder("Junk");
    assertThat(junk.getAttributes()).contains("\\Junk");
    Session session = MailClient.session("imap", server.imapPort());
    MimeMessage control = MailClient.message(session, "canary@stub.test", "control");

    AppendUID[] uids = junk.appendUIDMessages(new Message[] {control});

    assertThat(uids[0].uid).isEqualTo(1);
    assertThat(junk.getMessageCount()).isEqualTo(1);
    assertThat(server.messages("canary", "Junk")).isEqualTo(1);
  }

  @Test
  void commandsAreCountedByMailbox() throws Exception {
    long before = server.commands("canary");
    refreshed();
    refreshed();

    assertThat(server.commands("canary")).isEqualTo(before + 2);
    assertThat(server.commands()).containsEntry("NOOP", 2L).containsKey("AUTHENTICATE");
    assertThat(server.commands("somebody")).isZero();
  }

  @Test
  void aDeliveryIsToldBeforeTheSenderIsAnswered() {
    AtomicReference<String> told = new AtomicReference<>("");
    server.onDelivery(delivery -> told.set(delivery.user() + "/" + delivery.uid()));

    server.deliver("canary", "INBOX", "Subject: filed\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    assertThat(told).hasValue("");
    MailClient.send(server.smtpPort(), "canary@stub.test", "told");

    assertThat(told).hasValue("canary/2");
  }
}
