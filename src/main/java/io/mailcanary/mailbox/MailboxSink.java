package io.mailcanary.mailbox;

import java.time.Instant;

/// Whom a reader tells what it found and whether it can see. Called from the reader's threads; an
/// exception thrown here is logged and otherwise ignored.
public interface MailboxSink {
  /// A message came or was there. The same message may be told again after a reconnection.
  void found(FoundMessage message);

  /// The reader sees: it is logged in, and all that was there has been told.
  void seeing(String mailbox, Instant since);

  /// The reader does not see.
  ///
  /// @param since from when on arrivals may have gone unseen: the last proof of sight, not the
  ///   moment at which the fault was noticed
  /// @param reason one line for a person: what was tried, where, and what came of it
  void blind(String mailbox, Instant since, String reason);
}
