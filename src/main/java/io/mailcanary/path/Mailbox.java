package io.mailcanary.path;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Where canaries and bounces arrive.
public sealed interface Mailbox {
  /// Its name in the probe files.
  String name();

  /// How often it is looked at where nothing pushes; also the safety net behind what does.
  Duration poll();

  /// Whether our own canaries stay in it after they are booked.
  boolean keep();

  /// IMAP4rev1 or later.
  ///
  /// @param folders watched folders; empty: INBOX and the folder flagged \Junk (RFC 6154 §2)
  record Imap(String name, Server server, List<String> folders, Duration poll, boolean keep)
      implements Mailbox {
    public Imap {
      folders = List.copyOf(folders);
    }
  }

  /// POP3 (RFC 1939); it has one folder and no times of arrival.
  record Pop3(String name, Server server, Duration poll, boolean keep) implements Mailbox {}

  /// A Maildir on this host, Maildir++ sub-folders with a leading dot.
  ///
  /// @param folders watched folders; empty: INBOX and Junk where it is there
  record Maildir(String name, Path directory, List<String> folders, Duration poll, boolean keep)
      implements Mailbox {
    public Maildir {
      folders = List.copyOf(folders);
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
