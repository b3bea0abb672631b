package io.mailcanary.path;

import io.mailcanary.mail.SmtpReply;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Where canaries and bounces arrive.
public sealed interface Mailbox {
  /// Its name in the probe files.
  String name();

  /// How often it is looked at where nothing pushes; also the safety net behind what does.
  Duration poll();

  /// Whether our own canaries stay in it after they are booked.
  boolean keep();

  /// Whether canaries of round trips that arrive in it are answered.
  default boolean reply() {
    return false;
  }

  /// The hosts whose trace lines and Authentication-Results are believed; one that begins with `*.`
  /// is every host below.
  default List<String> trustedHosts() {
    return List.of();
  }

  /// IMAP4rev1 or later.
  ///
  /// @param folders watched folders; empty: INBOX and the folder flagged \Junk (RFC 6154 §2)
  record Imap(
      String name,
      Server server,
      List<String> folders,
      Duration poll,
      boolean keep,
      boolean reply,
      List<String> trustedHosts)
      implements Mailbox {
    public Imap {
      folders = List.copyOf(folders);
      trustedHosts = List.copyOf(trustedHosts);
    }

    /// One that answers nothing.
    public Imap(String name, Server server, List<String> folders, Duration poll, boolean keep) {
      this(name, server, folders, poll, keep, false, List.of());
    }
  }

  /// POP3 (RFC 1939); it has one folder and no times of arrival.
  record Pop3(
      String name,
      Server server,
      Duration poll,
      boolean keep,
      boolean reply,
      List<String> trustedHosts)
      implements Mailbox {
    public Pop3 {
      trustedHosts = List.copyOf(trustedHosts);
    }

    /// One that answers nothing.
    public Pop3(String name, Server server, Duration poll, boolean keep) {
      this(name, server, poll, keep, false, List.of());
    }
  }

  /// A Maildir on this host, Maildir++ sub-folders with a leading dot.
  ///
  /// @param folders watched folders; empty: INBOX and Junk where it is there
  record Maildir(
      String name,
      Path directory,
      List<String> folders,
      Duration poll,
      boolean keep,
      boolean reply,
      List<String> trustedHosts)
      implements Mailbox {
    public Maildir {
      folders = List.copyOf(folders);
      trustedHosts = List.copyOf(trustedHosts);
    }

    /// One that answers nothing.
    public Maildir(String name, Path directory, List<String> folders, Duration poll, boolean keep) {
      this(name, directory, folders, poll, keep, false, List.of());
    }
  }

  /// A receiver of our own: it listens, sees every attempt, and keeps nothing.
  ///
  /// @param listen where it listens
  /// @param answers what it answers at a stage instead of going on
  /// @param greylist for how long the first contact of a client's network, sender and recipient is
  ///   put off
  /// @param delay how long each message waits for the answer to its first RCPT
  /// @param profile the receiver that [Policy#STRICT] is like
  /// @param certificate what it shows at STARTTLS; empty: one that it makes for itself
  record Receiver(
      String name,
      Protocol protocol,
      InetSocketAddress listen,
      Policy policy,
      Map<Stage, SmtpReply> answers,
      Duration greylist,
      Duration delay,
      Optional<String> profile,
      boolean reply,
      Optional<ServerCertificate> certificate)
      implements Mailbox {
    /// One that answers nothing and makes its own certificate.
    public Receiver(
        String name,
        Protocol protocol,
        InetSocketAddress listen,
        Policy policy,
        Map<Stage, SmtpReply> answers,
        Duration greylist,
        Duration delay,
        Optional<String> profile) {
      this(
          name,
          protocol,
          listen,
          policy,
          answers,
          greylist,
          delay,
          profile,
          false,
          Optional.empty());
    }

    public Receiver {
      Map<Stage, SmtpReply> ordered = new EnumMap<>(Stage.class);
      ordered.putAll(answers);
      answers = Collections.unmodifiableMap(ordered);
    }

    /// The name that it gives itself: one of its own, since a relay on this host takes its own name
    /// for a loop.
    public String hostName() {
      return name.replace('_', '-') + ".receiver.mailcanary.invalid";
    }

    /// Nothing has to be looked at: it sees what comes.
    @Override
    public Duration poll() {
      return Duration.ZERO;
    }

    @Override
    public boolean keep() {
      return false;
    }

    public enum Protocol {
      SMTP,
      LMTP
    }

    /// What it does with mail for its own recipients.
    public enum Policy {
      ACCEPT,
      /// Put off at first contact (RFC 6647).
      GREYLIST,
      /// Verified as a demanding receiver does.
      STRICT
    }

    /// Where in the dialogue an answer is given (RFC 5321 §3.3).
    public enum Stage {
      CONNECT,
      HELO,
      MAIL,
      RCPT,
      /// The command, before the message.
      DATA,
      /// After the message.
      END_OF_DATA;

      /// As it stands in probe files and in JSON.
      public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
      }
    }
  }

  /// A mailbox server and how we log in there.
  record Server(
      String host,
      int port,
      Tls tls,
      Login login,
      Duration connectTimeout,
      Duration replyTimeout,
      Optional<String> bindAddress) {}
}
