package io.mailcanary.wire;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Closes connections on which a write does not come back: sockets have time limits for reading
/// only. One virtual thread looks at all of them.
final class StalledWrites {
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Set<Line> OPEN = ConcurrentHashMap.newKeySet();
  private static final ScheduledExecutorService EYE =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("stalled-writes").factory());

  static {
    var _ =
        EYE.scheduleWithFixedDelay(
            StalledWrites::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  private StalledWrites() {}

  static void watch(Line line) {
    OPEN.add(line);
  }

  static void forget(Line line) {
    OPEN.remove(line);
  }

  private static void look() {
    long now = System.nanoTime();
    OPEN.forEach(line -> line.closeIfStalled(now));
  }
}
