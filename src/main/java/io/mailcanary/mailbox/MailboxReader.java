package io.mailcanary.mailbox;

import java.time.Instant;
import java.util.Collection;

/// Keeps one mailbox in sight until it is closed. None of its methods blocks for the network.
public interface MailboxReader extends AutoCloseable {
  /// Begins to watch; reconnects by itself for as long as it takes.
  void start();

  /// Something should have arrived by now: look at once. Looks that come while one is under way are
  /// joined to one.
  void look();

  /// Whether it keeps the net: hears of all that comes by itself, whoever sent it. One that does
  /// not stays connected, so that it knows whether the mailbox can be seen, and tells what is there
  /// when it is asked to look. It does from the start.
  default void keepNet(boolean keep) {}

  /// Proves that this mailbox shows what is put into it: puts a control message there by another
  /// way and waits for it. A mailbox that can't be written to is proven by a new login. The outcome
  /// is told to the sink; the control message is removed and never told as found.
  void prove();

  /// Removes messages that are booked. Bundled: they go with one of the next looks, at the latest
  /// after some minutes; what cannot be removed stays.
  void delete(Collection<MessageKey> keys);

  /// Until when all that arrived has been told, as far as it is proven.
  Instant seenAt();

  /// How many IMAP commands were sent so far, on all of its connections; 0 for other protocols.
  long commands();

  /// Stops watching and closes all connections, waiting no longer than a few seconds.
  @Override
  void close();
}
