package io.mailcanary.runtime;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;

/// An agenda whose time passes only when it is told to, in one thread.
public final class VirtualAgenda implements Agenda, InstantSource {
  private final PriorityQueue<Entry> entries =
      new PriorityQueue<>(Comparator.comparing(Entry::when).thenComparing(Entry::number));
  private Instant now;
  private long numbers;

  private record Entry(Instant when, long number, Runnable task) {}

  public VirtualAgenda(Instant start) {
    this.now = start;
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }

  @Override
  public synchronized Cancellable at(Instant when, Runnable task) {
    Entry entry = new Entry(when, numbers++, task);
    entries.add(entry);
    return () -> remove(entry);
  }

  private synchronized void remove(Entry entry) {
    entries.remove(entry);
  }

  /// Lets time pass, and does what falls due in it, in order; also what that puts on the agenda.
  public void advance(Duration time) {
    advanceTo(instant().plus(time));
  }

  /// See [#advance].
  public void advanceTo(Instant end) {
    for (Optional<Entry> due = next(end); due.isPresent(); due = next(end)) {
      due.get().task().run();
    }
    passTo(end);
  }

  private synchronized Optional<Entry> next(Instant end) {
    Entry first = entries.peek();
    if (first == null || first.when().isAfter(end)) {
      return Optional.empty();
    }
    entries.remove();
    passTo(first.when());
    return Optional.of(first);
  }

  private synchronized void passTo(Instant later) {
    now = later.isAfter(now) ? later : now;
  }

  /// How many tasks wait.
  public synchronized int waiting() {
    return entries.size();
  }
}
