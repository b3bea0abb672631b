package io.mailcanary.wire;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// Closes connections on which a write does not come back: sockets have time limits for reading
/// only. One virtual thread looks at all of them.
final class StalledWrites {
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Set<Line> OPEN = ConcurrentHashMap.newKeySet();
  private static final AtomicBoolean WATCHING = new AtomicBoolean();

  private StalledWrites() {}

  static void watch(Line line) {
    OPEN.add(line);
    if (WATCHING.compareAndSet(false, true)) {
      Thread.ofVirtual().name("stalled-writes").start(StalledWrites::look);
    }
  }

  static void forget(Line line) {
    OPEN.remove(line);
  }

  private static void look() {
    try {
      while (true) {
        Thread.sleep(LOOK);
        long now = System.nanoTime();
        for (Line line : OPEN) {
          line.closeIfStalled(now);
        }
      }
    } catch (InterruptedException _) {
      WATCHING.set(false);
    }
  }
}
