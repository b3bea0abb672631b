package io.mailcanary.mailbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Messages that wait to be removed, many at a time.
final class Removals {
  /// So many are worth a round of their own.
  static final int BUNDLE = 20;

  /// The oldest are forgotten beyond that: they stay in the mailbox, which harms nobody.
  private static final int MOST = 20_000;

  private final Duration longest;
  private final Set<MessageKey> waiting = new LinkedHashSet<>();
  private long since;
  private boolean urgent;

  Removals(Duration longest) {
    this.longest = longest;
  }

  synchronized void add(Collection<MessageKey> keys, long nanos) {
    if (waiting.isEmpty()) {
      since = nanos;
    }
    waiting.addAll(keys);
    Iterator<MessageKey> oldest = waiting.iterator();
    while (waiting.size() > MOST) {
      oldest.next();
      oldest.remove();
    }
  }

  synchronized void addUrgent(MessageKey key, long nanos) {
    add(List.of(key), nanos);
    urgent = true;
  }

  synchronized boolean due(long nanos) {
    return !waiting.isEmpty()
        && (urgent || waiting.size() >= BUNDLE || nanos - since >= longest.toNanos());
  }

  /// Whether they are nearly due, so that they are better removed with other work than by
  /// themselves.
  synchronized boolean nearlyDue(long nanos) {
    return due(nanos) || (!waiting.isEmpty() && nanos - since >= longest.toNanos() / 4 * 3);
  }

  /// Nanoseconds until they are due; the longest time there is if nothing waits.
  synchronized long dueIn(long nanos) {
    if (waiting.isEmpty()) {
      return Long.MAX_VALUE;
    }
    return due(nanos) ? 0 : longest.toNanos() - (nanos - since);
  }

  /// Hands out `most` of them by folder; they no longer wait.
  synchronized Map<String, List<String>> take(int most) {
    Map<String, List<String>> taken = new LinkedHashMap<>();
    Iterator<MessageKey> keys = waiting.iterator();
    for (int i = 0; i < most && keys.hasNext(); i++) {
      MessageKey key = keys.next();
      taken.computeIfAbsent(key.folder(), _ -> new ArrayList<>()).add(key.uid());
      keys.remove();
    }
    urgent = urgent && !waiting.isEmpty();
    return taken;
  }
}
