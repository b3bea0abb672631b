package io.mailcanary.mailbox;

import io.mailcanary.path.Mailbox;
import io.mailcanary.wire.HostLookup;
import io.mailcanary.wire.Trust;
import java.time.Instant;
import java.time.InstantSource;

/// Opens the reader that fits a mailbox.
public final class MailboxReaders {
  private MailboxReaders() {}

  /// A reader that does not watch yet.
  ///
  /// @param lookup asked for the server's addresses at each connection
  /// @param horizon messages that arrived before it are not told: what was booked and forgotten
  ///   long ago
  public static MailboxReader open(
      Mailbox mailbox,
      MailboxSink sink,
      HostLookup lookup,
      Trust trust,
      InstantSource clock,
      Instant horizon) {
    return open(mailbox, sink, new Servers(lookup, trust), clock, horizon, Timing.USUAL);
  }

  static MailboxReader open(
      Mailbox mailbox,
      MailboxSink sink,
      Servers servers,
      InstantSource clock,
      Instant horizon,
      Timing timing) {
    return switch (mailbox) {
      case Mailbox.Imap imap -> new ImapReader(imap, sink, servers, clock, horizon, timing);
      case Mailbox.Pop3 pop3 -> new Pop3Reader(pop3, sink, servers, clock, horizon, timing);
      case Mailbox.Maildir maildir -> new MaildirReader(maildir, sink, clock, horizon, timing);
      case Mailbox.Receiver own ->
          throw new IllegalArgumentException("nobody reads %s: it listens".formatted(own.name()));
    };
  }
}
