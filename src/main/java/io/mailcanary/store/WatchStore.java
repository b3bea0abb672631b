package io.mailcanary.store;

import io.mailcanary.dns.Snapshot;
import io.mailcanary.verdict.Change;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is kept of what watchers saw. Every method throws [StoreException] when the database does
/// not answer.
public interface WatchStore {
  /// Puts a change on record, or a newer version of one that is.
  void put(Change change);

  /// Changes, newest first.
  ///
  /// @param before only those with a smaller id; null: from the newest
  List<Change> changes(@Nullable String before, int limit);

  /// Changes at one name, newest first.
  List<Change> changesOf(String name, int limit);

  /// What each server said last.
  List<Snapshot> snapshots();

  /// Replaces what these servers said of these names.
  void put(Collection<Snapshot> snapshots, Instant since);

  /// Keys that canaries were signed with, by domain.
  Map<String, Set<String>> selectors();

  void putSelector(String domain, String selector, Instant seen);

  /// Removes changes and selectors that were not seen since.
  void tidyWatch(Instant before);
}
