package io.mailcanary.wire;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Closes connections on which a write, or a read with a long time limit, does not come back. One
/// virtual thread looks at all of them.
///
/// Sockets have no time limit for writing. They have one for reading; but each read of a virtual
/// thread that has one wakes the JDK's timer thread when it begins to wait and again when it ends
/// (seen with JDK 25), and that was nearly half of all switches between threads.
final class Stalls {
  private static final Logger LOG = LoggerFactory.getLogger(Stalls.class);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Set<Line> OPEN = ConcurrentHashMap.newKeySet();
  private static final ScheduledExecutorService EYE =
      Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().name("stalls").factory());

  static {
    var _ =
        EYE.scheduleWithFixedDelay(
            Stalls::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  private Stalls() {}

  static void watch(Line line) {
    OPEN.add(line);
  }

  static void forget(Line line) {
    OPEN.remove(line);
  }

  private static void look() {
    long now = System.nanoTime();
    for (Line line : OPEN) {
      try {
        line.closeIfStalled(now);
      } catch (RuntimeException e) {
        // Or nobody would look at the others any more.
        LOG.warn("a connection could not be judged and is closed: {}", e.toString());
        line.abandon();
      }
    }
  }
}
