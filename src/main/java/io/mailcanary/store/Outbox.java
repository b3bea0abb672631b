package io.mailcanary.store;

import io.mailcanary.incident.Notification;
import io.mailcanary.mail.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What is to be told, until it is. Every method throws [StoreException] when the database does not
/// answer.
public interface Outbox {
  /// A notification that is ours to send for a while.
  ///
  /// @param isRepeated whether the channel has it already, and is only to hear it again
  /// @param attempts how often it was tried before
  /// @param formerly as how severe the channel was told that the incident is, other than now
  /// @param until when it is no longer to be heard again; empty: that was not said yet
  record Claimed(
      long seq,
      String id,
      String channel,
      boolean isRepeated,
      int attempts,
      Instant madeAt,
      Optional<Instant> until,
      Set<Severity> formerly,
      Notification notification) {
    public Claimed {
      formerly = Set.copyOf(formerly);
    }
  }

  /// How the outbox is.
  ///
  /// @param waiting how many wait
  /// @param oldest when the oldest of them was made
  /// @param channel the one that it is for
  /// @param words what that one said last
  record Backlog(long waiting, Instant oldest, String channel, String words) {}

  /// Channels for which something is due.
  Set<String> due(Instant now);

  /// Claims what is due for a channel, oldest first. While somebody has the claim, nobody else gets
  /// it, nor anything that is to be told the channel of the same incident after it.
  List<Claimed> claim(String owner, String channel, int most, Instant now, Duration lease);

  /// Holds on to what is still being sent.
  void renew(String owner, Set<Long> seqs, Instant until);

  /// They have it.
  ///
  /// @param again how long after now they are to hear it again; zero: never
  /// @param until when that ends, as it was said first; empty: with the next word on the incident
  void sent(
      String owner,
      Claimed claimed,
      Instant now,
      String words,
      Duration again,
      Optional<Instant> until);

  /// It is tried again at `next`.
  void later(String owner, Claimed claimed, Instant next, String words);

  /// They will never have it.
  void failed(String owner, Claimed claimed, Instant now, String words);

  /// Gives up what waits for channels that are not among these.
  ///
  /// @return how many
  int forget(Set<String> channels, Instant now);

  /// Tells the other channels of each route whose channels all failed, or did not take what was
  /// made before `impatient`.
  ///
  /// @return the names of those that are told now
  List<String> fallBack(Instant impatient, Instant now);

  /// Lets go of all claims: for a database that nobody else has open.
  void release();

  /// What waits; empty when nothing does.
  Optional<Backlog> backlog();
}
