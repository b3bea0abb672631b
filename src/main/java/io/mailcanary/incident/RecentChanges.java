package io.mailcanary.incident;

import io.mailcanary.verdict.Change;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;

/// What became different of late, in the order in which it was told.
final class RecentChanges {
  private static final int MOST = 1_000;

  private final Deque<Change> changes = new ArrayDeque<>();

  /// A change, or a newer version of one that was told before.
  void add(Change change) {
    changes.removeIf(known -> known.id().equals(change.id()));
    changes.addLast(change);
    if (changes.size() > MOST) {
      changes.removeFirst();
    }
  }

  Collection<Change> all() {
    return changes;
  }
}
