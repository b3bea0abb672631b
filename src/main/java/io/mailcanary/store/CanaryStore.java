package io.mailcanary.store;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is kept of canaries. Every method throws [StoreException] when the database does not
/// answer; nothing is half done then.
public interface CanaryStore {
  /// Writes entries in their order, in one commit: it is on record when this returns. An entry
  /// whose canary is on record already replaces what was known of it; where other replicas wrote of
  /// it, its event is applied to what stands there.
  Differences write(List<JournalEntry> entries);

  /// As [#write], but what is written need not outlast this process before the next [#write] or
  /// [#secure] returns. When one of the three fails, but for entries that it refuses, all that was
  /// written since the last of those two may be gone, and is written once more. Called by one
  /// thread at a time, as they all are.
  Differences writeSoon(List<JournalEntry> entries);

  /// All that was written outlasts this process once this returns.
  ///
  /// @throws StoreException when some of it may not
  void secure();

  Optional<Canary> find(CanaryId id);

  /// All events of a canary, oldest first.
  List<StoredEvent> events(CanaryId id);

  /// Canaries of a path, newest first.
  ///
  /// @param state only these; null: all
  /// @param before only older ones; null: from the newest
  List<Canary> page(String path, @Nullable String state, @Nullable CanaryId before, int limit);

  /// Canaries that are not settled, oldest first: what a restart has to go on with.
  List<Canary> open();

  /// Makes open canaries ours of which no living replica takes care, so that nobody else sends
  /// them.
  ///
  /// @param site where they are sent from
  /// @param living the marks of the replicas that live
  /// @param unowned whether those come along of which nobody knows whose they are
  /// @param most as many at once
  /// @return those, oldest first, as they stand on record
  List<Canary> takeOver(String site, Set<String> living, boolean unowned, int most);

  /// Whether we are still the one to take care of it, by the record.
  boolean isOurs(CanaryId id);

  /// The open canaries that we take care of, by the record.
  Set<CanaryId> ours();

  /// The newest canaries that were due since then, at most `perPath` of each path, oldest first.
  List<Canary> recent(Instant since, int perPath);

  /// The newest canaries of a path that were made since then, oldest first, in short.
  default List<CanaryMark> marks(String path, Instant since, int limit) {
    return page(path, null, null, limit).reversed().stream()
        .filter(canary -> !canary.id().madeAt().isBefore(since))
        .map(CanaryMark::of)
        .toList();
  }

  /// Hourly figures of a path, oldest first.
  ///
  /// @param to not included
  List<HourlyFigures> hourly(String path, Instant from, Instant to);

  /// Paths that somebody paused, and since when.
  Map<String, Instant> paused();

  void pause(String path, Instant since);

  void resume(String path);

  /// Adds the hours that are over and not yet added to the hourly figures, and removes what is
  /// older than it is to be kept; in bounded steps.
  ///
  /// @param canaries how long canaries and their events are kept
  /// @param hourly how long the hourly figures are
  void tidy(Instant now, Duration canaries, Duration hourly);
}
