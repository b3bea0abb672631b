package io.mailcanary.runtime;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One timer thread that only hands over; each task has a virtual thread of its own. What is in the
/// agenda waits on the monotonic clock: a step of the wall clock moves nothing.
public final class RealAgenda implements Agenda, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RealAgenda.class);
  private static final Duration FARTHEST = Duration.ofDays(3650);
  private static final Cancellable NOTHING = () -> {};

  private final InstantSource clock;
  private final ScheduledThreadPoolExecutor timer;
  private final ThreadFactory workers = Thread.ofVirtual().name("agenda-", 0).factory();

  public RealAgenda(InstantSource clock) {
    this.clock = clock;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("agenda-timer").factory());
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public Cancellable at(Instant when, Runnable task) {
    try {
      Future<?> entry =
          timer.schedule(
              () -> workers.newThread(() -> run(task)).start(),
              nanosUntil(when),
              TimeUnit.NANOSECONDS);
      return () -> entry.cancel(false);
    } catch (RejectedExecutionException closed) {
      log.debug("Nothing is put on a closed agenda");
      return NOTHING;
    }
  }

  private long nanosUntil(Instant when) {
    Duration wait = Duration.between(clock.instant(), when);
    if (wait.isNegative()) {
      return 0;
    }
    return wait.compareTo(FARTHEST) > 0 ? FARTHEST.toNanos() : wait.toNanos();
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error failure) {
      log.error("A task of the agenda failed: {}", failure.toString());
    }
  }

  /// How many tasks wait.
  public int waiting() {
    return timer.getQueue().size();
  }

  /// Drops what waits; what has begun goes on.
  @Override
  public void close() {
    timer.shutdownNow();
  }
}
