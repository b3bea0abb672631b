package io.mailcanary.world;

import com.icegreen.greenmail.imap.ImapHostManager;
import com.icegreen.greenmail.store.FolderException;
import com.icegreen.greenmail.store.MailFolder;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.Flags;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Date;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;

/// All mailboxes of the world, in memory, by IMAP and POP3 in plain text: what stands in front of
/// them adds TLS.
final class Mailboxes implements AutoCloseable {
  static final String INBOX = "INBOX";
  static final String JUNK = "Junk";

  /// Whoever collects leaves little behind; where nobody collects, the oldest go.
  static final int MOST_MESSAGES = 500;

  /// RFC 3501 §5.4: a server waits at least that long.
  private static final Duration AUTOLOGOUT = Duration.ofMinutes(30);

  private final GreenMail server;
  private final Session session = Session.getInstance(new Properties());
  private final Map<String, GreenMailUser> users = new ConcurrentHashMap<>();

  private Mailboxes(GreenMail server) {
    this.server = server;
  }

  /// @param accounts passwords by address; the address is the login
  static Mailboxes start(Map<String, String> accounts) {
    String address = Loopback.ADDRESS.getHostAddress();
    GreenMail server =
        new GreenMail(
            new ServerSetup[] {
              new ServerSetup(0, address, ServerSetup.PROTOCOL_IMAP),
              new ServerSetup(0, address, ServerSetup.PROTOCOL_POP3)
            });
    server.start();
    int patience = Math.toIntExact(AUTOLOGOUT.toMillis());
    server.getImap().setClientSocketTimeout(patience);
    server.getPop3().setClientSocketTimeout(patience);
    Mailboxes mailboxes = new Mailboxes(server);
    accounts.forEach(mailboxes::add);
    return mailboxes;
  }

  private void add(String address, String password) {
    GreenMailUser user = server.setUser(address, address, password);
    users.put(address, user);
    try {
      folders().createMailbox(user, JUNK);
    } catch (Exception e) {
      throw new IllegalStateException(address + ": no folder " + JUNK, e);
    }
  }

  private ImapHostManager folders() {
    return server.getManagers().getImapHostManager();
  }

  InetSocketAddress imap() {
    return new InetSocketAddress(Loopback.ADDRESS, server.getImap().getPort());
  }

  InetSocketAddress pop3() {
    return new InetSocketAddress(Loopback.ADDRESS, server.getPop3().getPort());
  }

  /// The mailbox behind an address: what follows a `+` is a tag (RFC 5233).
  Optional<String> mailboxOf(String address) {
    int at = address.lastIndexOf('@');
    if (at < 0) {
      return Optional.empty();
    }
    String local = address.substring(0, at);
    int tag = local.indexOf('+');
    String base = (tag > 0 ? local.substring(0, tag) : local) + address.substring(at);
    return Optional.of(base.toLowerCase(Locale.ROOT)).filter(users::containsKey);
  }

  /// Puts a message into a folder of its recipient's mailbox.
  void deliver(Mail mail, String folder) throws SmtpRefusal {
    String mailbox =
        mailboxOf(mail.recipient())
            .orElseThrow(() ->
                new SmtpRefusal(
                    550, "5.1.1 <%s>: Recipient address rejected".formatted(mail.recipient())));
    GreenMailUser user = users.get(mailbox);
    try {
      MailFolder target = folders().getFolder(user, folder, true);
      MimeMessage message =
          new MimeMessage(session, new ByteArrayInputStream(stamped(mail, mailbox)));
      synchronized (target) {
        target.appendMessage(message, new Flags(), new Date());
        prune(target);
      }
    } catch (MessagingException | FolderException e) {
      throw new SmtpRefusal(451, "4.3.0 %s: %s".formatted(mailbox, e.getMessage()));
    }
  }

  private static byte[] stamped(Mail mail, String mailbox) {
    byte[] head =
        "Return-Path: <%s>\r\nDelivered-To: %s\r\n"
            .formatted(mail.sender(), mailbox)
            .getBytes(StandardCharsets.UTF_8);
    byte[] whole = Arrays.copyOf(head, head.length + mail.content().length);
    System.arraycopy(mail.content(), 0, whole, head.length, mail.content().length);
    return whole;
  }

  private static void prune(MailFolder folder) throws FolderException {
    if (folder.getMessageCount() <= MOST_MESSAGES) {
      return;
    }
    long[] uids = folder.getMessageUids();
    for (int i = 0; i < uids.length - MOST_MESSAGES; i++) {
      folder.setFlags(new Flags(Flags.Flag.DELETED), true, uids[i], null, true);
    }
    folder.expunge();
  }

  @Override
  public void close() {
    server.stop();
  }
}
