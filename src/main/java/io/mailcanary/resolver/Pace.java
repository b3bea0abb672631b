package io.mailcanary.resolver;

import java.util.concurrent.locks.LockSupport;

/// Lets questions to one server through at a bounded rate: each has a turn of its own, and after a
/// rest a few may go at once.
final class Pace {
  private final long gap;
  private final long credit;
  private long next;

  /// @param perSecond in the long run
  /// @param burst how many may go at once
  Pace(int perSecond, int burst) {
    this.gap = 1_000_000_000L / perSecond;
    this.credit = gap * (burst - 1);
    this.next = System.nanoTime() - credit;
  }

  /// Waits for the turn of all of these; false when that would take longer than `patience`.
  ///
  /// @param questions that go together, with the last one's turn
  boolean await(int questions, long patienceNanos) {
    long wait = turn(questions, System.nanoTime(), patienceNanos);
    if (wait < 0) {
      return false;
    }
    for (long end = System.nanoTime() + wait; wait > 0; wait = end - System.nanoTime()) {
      LockSupport.parkNanos(wait);
      if (Thread.currentThread().isInterrupted()) {
        return false;
      }
    }
    return true;
  }

  /// How long until the turn that was given out; negative: none within `patience`. Those that wait
  /// for the last of them come late, all at once: so much less may have gone just before.
  synchronized long turn(int questions, long now, long patience) {
    long together = (questions - 1) * gap;
    long turn = Math.max(next, now - credit + together) + together;
    if (turn - now > patience) {
      return -1;
    }
    next = turn + gap;
    return Math.max(0, turn - now);
  }
}
