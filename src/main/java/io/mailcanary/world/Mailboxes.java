package io.mailcanary.world;

import com.icegreen.greenmail.Managers;
import com.icegreen.greenmail.imap.AuthorizationException;
import com.icegreen.greenmail.imap.ImapHostManager;
import com.icegreen.greenmail.pop3.Pop3Handler;
import com.icegreen.greenmail.pop3.commands.Pop3CommandRegistry;
import com.icegreen.greenmail.store.FolderException;
import com.icegreen.greenmail.store.MailFolder;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.user.UserException;
import com.icegreen.greenmail.user.UserManager;
import io.mailcanary.wire.AngusMail;
import jakarta.mail.Flags;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
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

  private final ImapHostManager folders;
  private final MailboxListener imap;
  private final MailboxListener pop3;
  private final Session session = AngusMail.session(new Properties());
  private final Map<String, GreenMailUser> users = new ConcurrentHashMap<>();

  private Mailboxes(ImapHostManager folders, MailboxListener imap, MailboxListener pop3) {
    this.folders = folders;
    this.imap = imap;
    this.pop3 = pop3;
  }

  /// @param accounts passwords by address; the address is the login
  static Mailboxes start(Map<String, String> accounts) throws IOException {
    Managers managers = new Managers();
    UserManager users = managers.getUserManager();
    ImapHostManager folders = managers.getImapHostManager();
    Pop3CommandRegistry commands = new Pop3CommandRegistry();
    Mailboxes mailboxes =
        new Mailboxes(
            folders,
            MailboxListener.open("imap", socket -> new TidyImapHandler(users, folders, socket)),
            MailboxListener.open("pop3", socket -> new Pop3Handler(commands, users, socket)));
    accounts.forEach((address, password) -> mailboxes.add(users, address, password));
    return mailboxes;
  }

  private void add(UserManager manager, String address, String password) {
    try {
      GreenMailUser user = manager.createUser(address, address, password);
      users.put(address, user);
      folders.createMailbox(user, JUNK);
    } catch (UserException | FolderException | AuthorizationException e) {
      throw new IllegalStateException(address + ": no such mailbox can be made", e);
    }
  }

  InetSocketAddress imap() {
    return imap.address();
  }

  InetSocketAddress pop3() {
    return pop3.address();
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
      MailFolder target = folders.getFolder(user, folder, true);
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
  public void close() throws IOException {
    imap.close();
    pop3.close();
  }
}
