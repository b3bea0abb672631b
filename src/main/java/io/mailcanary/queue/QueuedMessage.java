package io.mailcanary.queue;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/// A message that waits in a relay's queue, as the relay tells of it. All texts are bounded,
/// control characters made visible.
///
/// @param id the relay's own name for it
/// @param sender the envelope sender; empty for the null sender, which bounces have
/// @param bytes its size; -1 where the list does not tell
public record QueuedMessage(
    String id,
    State state,
    String sender,
    Instant arrivedAt,
    long bytes,
    List<Waiting> recipients) {

  public QueuedMessage {
    recipients = List.copyOf(recipients);
  }

  /// A recipient that it was not delivered to yet.
  ///
  /// @param reason why, in the relay's words; empty where the list does not tell
  public record Waiting(String address, String reason) {}

  /// Where in the queue it is.
  public enum State {
    /// About to be delivered, or not looked at yet.
    ACTIVE,
    /// Tried without success, and to be tried again.
    DEFERRED,
    /// Put aside by an operator.
    HOLD,
    /// Not tried any more until somebody thaws it (Exim).
    FROZEN,
    /// Damaged, or in a queue that we do not know.
    OTHER;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Whether nobody would get a bounce of it: it is one itself.
  public boolean isBounce() {
    return sender.isEmpty();
  }
}
