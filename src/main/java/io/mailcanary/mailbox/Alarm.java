package io.mailcanary.mailbox;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Ends waits whose time is over, those of all readers. A wait with a time limit of its own would
/// do the same, but on a virtual thread it wakes the JDK's timer thread when it begins and again
/// when it ends (seen with JDK 25); this one wakes only for what is next.
final class Alarm {
  private static final ScheduledThreadPoolExecutor TIMER =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().daemon().name("mailbox-alarm").factory());

  static {
    TIMER.setRemoveOnCancelPolicy(true);
  }

  private Alarm() {}

  /// @param ring does not block
  static Future<?> in(long nanos, Runnable ring) {
    return TIMER.schedule(ring, nanos, TimeUnit.NANOSECONDS);
  }
}
