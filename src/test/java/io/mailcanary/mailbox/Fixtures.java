package io.mailcanary.mailbox;

import com.icegreen.greenmail.store.MailFolder;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.mailcanary.lab.Dovecot;
import io.mailcanary.lab.TcpProxy;
import io.mailcanary.path.Login;
import io.mailcanary.path.Mailbox;
import io.mailcanary.path.Secret;
import io.mailcanary.path.Tls;
import io.mailcanary.path.TlsMode;
import io.mailcanary.wire.HostLookup;
import io.mailcanary.wire.Trust;
import jakarta.mail.Flags;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Stream;

/// Mailboxes on real servers and on disk.
final class Fixtures {
  static final Duration POLL = Duration.ofMillis(700);

  private Fixtures() {}

  enum Protocol {
    IMAP,
    POP3
  }

  static Mailbox.Server server(int port, Tls tls, String user, String password) {
    return new Mailbox.Server(
        "localhost",
        port,
        tls,
        new Login(user, new Secret(password), Optional.empty()),
        Duration.ofSeconds(5),
        Duration.ofSeconds(5),
        Optional.empty());
  }

  static Tls noTls() {
    return new Tls(TlsMode.NONE, true, Optional.empty());
  }

  static Mailbox mailbox(Protocol protocol, Mailbox.Server server, boolean keep) {
    return switch (protocol) {
      case IMAP -> new Mailbox.Imap("box", server, List.of(), POLL, keep);
      case POP3 -> new Mailbox.Pop3("box", server, POLL, keep);
    };
  }

  static Servers loopback() {
    HostLookup lookup = _ -> List.of(InetAddress.getLoopbackAddress());
    return new Servers(lookup, new Trust());
  }

  /// GreenMail behind a proxy that can be taken down.
  static final class OnGreenMail implements MailboxFixture {
    private static final String USER = "canary";
    private final Protocol protocol;
    private final GreenMail greenMail;
    private final GreenMailUser user;
    private final TcpProxy proxy;

    OnGreenMail(Protocol protocol) {
      this.protocol = protocol;
      ServerSetup setup =
          new ServerSetup(0, "127.0.0.1", protocol == Protocol.IMAP ? "imap" : "pop3");
      greenMail = new GreenMail(setup);
      greenMail.start();
      user = greenMail.setUser("canary@store.test", USER, "secret");
      int port =
          protocol == Protocol.IMAP ? greenMail.getImap().getPort() : greenMail.getPop3().getPort();
      proxy = TcpProxy.to(port);
    }

    TcpProxy proxy() {
      return proxy;
    }

    @Override
    public Mailbox mailbox(boolean keep) {
      return Fixtures.mailbox(protocol, server(proxy.port(), noTls(), USER, "secret"), keep);
    }

    @Override
    public Servers servers() {
      return loopback();
    }

    @Override
    @SuppressWarnings("JavaUtilDate")
    public void deliver(String folder, byte[] message) {
      try {
        MimeMessage mime =
            new MimeMessage(
                Session.getInstance(new Properties()), new ByteArrayInputStream(message));
        folder(folder).appendMessage(mime, new Flags(), new Date());
      } catch (MessagingException e) {
        throw new IllegalStateException(e);
      }
    }

    private MailFolder folder(String name) {
      try {
        var folders = greenMail.getManagers().getImapHostManager();
        MailFolder known = folders.getFolder(user, name);
        return known == null ? folders.createMailbox(user, name) : known;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public int count(String folder) {
      return folder(folder).getMessageCount();
    }

    @Override
    public boolean hasJunk() {
      return protocol == Protocol.IMAP;
    }

    @Override
    public int backlog() {
      // It takes tens of milliseconds for each message by POP3.
      return protocol == Protocol.IMAP ? 700 : 60;
    }

    @Override
    public void down() {
      proxy.down();
    }

    @Override
    public void up() {
      proxy.up();
    }

    @Override
    public void close() {
      proxy.close();
      greenMail.stop();
    }
  }

  /// Dovecot over TLS.
  static final class OnDovecot implements MailboxFixture {
    private final Protocol protocol;
    private final Dovecot dovecot = Dovecot.builder().user("canary").start();

    OnDovecot(Protocol protocol) {
      this.protocol = protocol;
    }

    Dovecot dovecot() {
      return dovecot;
    }

    @Override
    public Mailbox mailbox(boolean keep) {
      Optional<Path> ca = Optional.of(dovecot.caFile());
      Mailbox.Server server =
          switch (protocol) {
            case IMAP ->
                server(
                    dovecot.imapPort(),
                    new Tls(TlsMode.STARTTLS, true, ca),
                    "canary",
                    Dovecot.PASSWORD);
            case POP3 ->
                server(
                    dovecot.pop3sPort(),
                    new Tls(TlsMode.IMPLICIT, true, ca),
                    "canary",
                    Dovecot.PASSWORD);
          };
      return Fixtures.mailbox(protocol, server, keep);
    }

    @Override
    public Servers servers() {
      return loopback();
    }

    @Override
    public void deliver(String folder, byte[] message) {
      dovecot.file("canary", folder, new String(message, StandardCharsets.ISO_8859_1));
    }

    @Override
    public int count(String folder) {
      return dovecot.messages("canary", folder).size();
    }

    @Override
    public boolean hasJunk() {
      return protocol == Protocol.IMAP;
    }

    @Override
    public void down() {
      dovecot.stop();
    }

    @Override
    public void up() {
      dovecot.start();
    }

    @Override
    public void close() {
      dovecot.close();
    }
  }

  /// A Maildir in a folder of its own; it breaks by being moved away.
  static final class OnDisk implements MailboxFixture {
    private final Path parent;
    private Path maildir;

    OnDisk() {
      try {
        parent = Files.createTempDirectory("maildir");
        maildir = parent.resolve("box");
        create(maildir);
        create(maildir.resolve(".Junk"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    static void create(Path directory) throws IOException {
      for (String name : List.of("tmp", "new", "cur")) {
        Files.createDirectories(directory.resolve(name));
      }
    }

    Path path() {
      return maildir;
    }

    @Override
    public Mailbox mailbox(boolean keep) {
      return new Mailbox.Maildir("box", parent.resolve("box"), List.of(), POLL, keep);
    }

    @Override
    public Servers servers() {
      return loopback();
    }

    @Override
    public void deliver(String folder, byte[] message) {
      Path directory = folder.equals("INBOX") ? maildir : maildir.resolve("." + folder);
      String name = UUID.randomUUID() + ".test";
      try {
        Path written = Files.write(directory.resolve("tmp").resolve(name), message);
        Files.move(written, directory.resolve("new").resolve(name), StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public int count(String folder) {
      Path directory = folder.equals("INBOX") ? maildir : maildir.resolve("." + folder);
      int count = 0;
      for (String name : List.of("new", "cur")) {
        try (Stream<Path> files = Files.list(directory.resolve(name))) {
          count += (int) files.count();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      return count;
    }

    @Override
    public boolean hasJunk() {
      return true;
    }

    @Override
    public void down() {
      move(parent.resolve("away"));
    }

    @Override
    public void up() {
      move(parent.resolve("box"));
    }

    private void move(Path to) {
      try {
        maildir = Files.move(maildir, to);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      try (Stream<Path> all = Files.walk(parent)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
