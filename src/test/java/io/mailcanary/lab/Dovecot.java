package io.mailcanary.lab;

import io.mailcanary.lab.CertificateAuthority.ServerCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A private Dovecot on loopback: IMAP, POP3 and LMTP over one Maildir a user, all of them owned by
/// one system user.
///
/// Mail outlives `stop` and `kill`, and is gone with `close`. A user may log in with or without a
/// domain.
public final class Dovecot implements AutoCloseable {
  /// Everybody's, until changed.
  public static final String PASSWORD = "canary-secret";

  private final LabFolder folder;
  private final Map<String, String> passwords = new LinkedHashMap<>();
  // An owner of its own, as the kernel counts inotify instances by user.
  private final int owner = ThreadLocalRandom.current().nextInt(70_000, 4_000_000);
  private final int imapPort = Ports.free();
  private final int imapsPort = Ports.free();
  private final int pop3Port = Ports.free();
  private final int pop3sPort = Ports.free();
  private final int lmtpPort = Ports.free();
  private final Path caFile;
  private final String configuration;
  private long userChanges;
  private @Nullable Daemon daemon;

  private Dovecot(Builder builder) {
    folder = LabFolder.create("dovecot");
    ServerCertificate certificate =
        builder.certificate == null
            ? CertificateAuthority.in(folder.path()).forLocalhost()
            : builder.certificate;
    caFile = certificate.caFile();
    builder.users.forEach(user -> passwords.put(user, PASSWORD));
    writeUsers();
    own(folder.directory("mail", "rwx------"));
    configuration = folder.file("dovecot.conf").toString();
    folder.write(
        "dovecot.conf", configuration(certificate) + String.join("\n", builder.lines) + "\n");
  }

  public static Builder builder() {
    return new Builder();
  }

  /// Who has a mailbox, and how the server differs from the usual.
  public static final class Builder {
    private final List<String> users = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private @Nullable ServerCertificate certificate;

    private Builder() {}

    public Builder user(String name) {
      users.add(name);
      return this;
    }

    /// `user1` to `userN`.
    public Builder users(int count) {
      for (int number = 1; number <= count; number++) {
        users.add("user" + number);
      }
      return this;
    }

    /// In place of one for localhost by an authority of its own.
    public Builder certificate(ServerCertificate value) {
      certificate = value;
      return this;
    }

    /// Lines of dovecot.conf; they win over those before them.
    public Builder line(String text) {
      lines.add(text);
      return this;
    }

    public Dovecot start() {
      Dovecot dovecot = new Dovecot(this);
      try {
        dovecot.start();
        return dovecot;
      } catch (RuntimeException | AssertionError e) {
        dovecot.close();
        throw e;
      }
    }
  }

  private String configuration(ServerCertificate certificate) {
    return """
    base_dir = %1$s/run
    state_dir = %1$s/state
    log_path = %1$s/log
    protocols = imap pop3 lmtp
    listen = 127.0.0.1
    hostname = store.canary.test
    postmaster_address = postmaster@canary.test
    recipient_delimiter = +

    ssl = yes
    ssl_cert = <%2$s
    ssl_key = <%3$s

    disable_plaintext_auth = no
    auth_mechanisms = plain login
    auth_username_format = %%Ln
    auth_failure_delay = 0
    passdb {
      driver = passwd-file
      args = scheme=PLAIN username_format=%%n %1$s/users
    }
    userdb {
      driver = passwd-file
      args = username_format=%%n %1$s/users
      default_fields = uid=%4$d gid=%4$d home=%1$s/mail/%%n
    }

    mail_location = maildir:%1$s/mail/%%n
    first_valid_uid = 1
    last_valid_uid = 0
    mail_fsync = never
    mail_max_userip_connections = 10000
    namespace inbox {
      inbox = yes
      separator = /
      mailbox Junk {
        special_use = \\Junk
        auto = subscribe
      }
    }

    default_client_limit = 10000
    service auth {
      unix_listener %1$s/sasl {
        mode = 0666
      }
    }
    service anvil {
      client_limit = 10000
      # No growing delay after refused logins.
      unix_listener anvil-auth-penalty {
        mode = 0
      }
    }
    service imap-login {
      service_count = 0
      process_limit = 2
      inet_listener imap {
        port = %5$d
      }
      inet_listener imaps {
        port = %6$d
      }
    }
    service pop3-login {
      service_count = 0
      process_limit = 2
      inet_listener pop3 {
        port = %7$d
      }
      inet_listener pop3s {
        port = %8$d
      }
    }
    service imap {
      service_count = 10000
      process_limit = 4096
    }
    service pop3 {
      service_count = 10000
    }
    service lmtp {
      inet_listener lmtp {
        address = 127.0.0.1
        port = %9$d
      }
    }
    """
        .formatted(
            folder.path(),
            certificate.certificate(),
            certificate.key(),
            owner,
            imapPort,
            imapsPort,
            pop3Port,
            pop3sPort,
            lmtpPort);
  }

  private void writeUsers() {
    StringBuilder users = new StringBuilder();
    passwords.forEach((user, password) -> users.append(user + ":{PLAIN}" + password + "::::::\n"));
    try {
      Path next = folder.write("users.next", users.toString());
      // Dovecot tells changes by whole seconds of this time.
      Files.setLastModifiedTime(next, FileTime.from(++userChanges, TimeUnit.HOURS));
      Files.move(next, folder.file("users"), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Starts it again on the same ports with the same mail.
  public synchronized void start() {
    if (running()) {
      return;
    }
    Ports.awaitFree(imapPort, pop3Port, lmtpPort);
    Daemon started =
        Daemon.start(
            "Dovecot",
            folder.file("output"),
            List.of("/usr/sbin/dovecot", "-F", "-c", configuration));
    daemon = started;
    started.awaitGreetings(logFile(), imapPort, pop3Port, lmtpPort);
  }

  public synchronized boolean running() {
    return daemon != null && daemon.running();
  }

  /// Ends it in order.
  public synchronized void stop() {
    if (daemon != null) {
      daemon.stop();
      daemon = null;
    }
  }

  /// Ends it as a power cut would.
  public synchronized void kill() {
    if (daemon != null) {
      daemon.kill();
      daemon = null;
    }
  }

  /// Connections stay open, and nothing answers, until `thaw`.
  public synchronized void freeze() {
    if (daemon != null) {
      daemon.freeze();
    }
  }

  public synchronized void thaw() {
    if (daemon != null) {
      daemon.thaw();
    }
  }

  /// Gives a user a password, and a mailbox where there is none yet; a session that is open stays
  /// so.
  public synchronized void password(String user, String password) {
    passwords.put(user, password);
    writeUsers();
  }

  @Override
  public synchronized void close() {
    kill();
    folder.delete();
  }

  public int imapPort() {
    return imapPort;
  }

  public int imapsPort() {
    return imapsPort;
  }

  public int pop3Port() {
    return pop3Port;
  }

  public int pop3sPort() {
    return pop3sPort;
  }

  public int lmtpPort() {
    return lmtpPort;
  }

  /// The authority behind its certificate.
  public Path caFile() {
    return caFile;
  }

  /// Where Postfix asks whether a login is good.
  public Path saslSocket() {
    return folder.file("sasl");
  }

  public Path logFile() {
    return folder.file("log");
  }

  public String log() {
    return Command.text(logFile());
  }

  /// How many IMAP commands it has finished, where its configuration has a `metric imap_command`.
  public long commands() {
    return Command.run(
            Duration.ofSeconds(10), "/usr/bin/doveadm", "-c", configuration, "stats", "dump")
        .orFail()
        .output()
        .lines()
        .map(line -> line.split("\t", -1))
        .filter(fields -> fields[0].equals("imap_command") && fields[1].equals("duration"))
        .mapToLong(fields -> Long.parseLong(fields[2]))
        .sum();
  }

  /// A user's INBOX; other folders are in it, each with a dot before its name.
  public Path maildir(String user) {
    return folder.file("mail").resolve(user);
  }

  /// A folder's Maildir: `INBOX`, `Junk`.
  public Path maildir(String user, String mailFolder) {
    return mailFolder.equals("INBOX") ? maildir(user) : maildir(user).resolve("." + mailFolder);
  }

  /// The files of a folder's messages.
  public List<Path> messages(String user, String mailFolder) {
    List<Path> messages = new ArrayList<>();
    for (String part : List.of("new", "cur")) {
      Path directory = maildir(user, mailFolder).resolve(part);
      if (Files.isDirectory(directory)) {
        try (Stream<Path> files = Files.list(directory)) {
          files.forEach(messages::add);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return messages;
  }

  /// Files a message as a filter would: straight into a folder's Maildir.
  public Path file(String user, String mailFolder, String message) {
    Path maildir = maildir(user, mailFolder);
    try {
      for (Path directory :
          List.of(
              maildir(user),
              maildir,
              maildir.resolve("cur"),
              maildir.resolve("new"),
              maildir.resolve("tmp"))) {
        if (!Files.isDirectory(directory)) {
          own(Files.createDirectory(directory));
        }
      }
      String name = "%d.%s.store".formatted(System.currentTimeMillis() / 1_000, UUID.randomUUID());
      Path draft = maildir.resolve("tmp").resolve(name);
      Files.writeString(draft, message, StandardCharsets.UTF_8);
      own(draft);
      return Files.move(
          draft, maildir.resolve("new").resolve(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void own(Path path) {
    try {
      Files.setAttribute(path, "unix:uid", owner);
      Files.setAttribute(path, "unix:gid", owner);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
