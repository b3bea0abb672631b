package io.mailcanary.world;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;

/// Virtual threads of one part of the world, which end with it.
final class Threads implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final ThreadFactory factory;
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Threads(String name) {
    this.factory = Thread.ofVirtual().name(name + "-", 0).factory();
  }

  void start(Runnable work) {
    Thread thread =
        factory.newThread(() -> {
          try {
            work.run();
          } finally {
            running.remove(Thread.currentThread());
          }
        });
    running.add(thread);
    if (closed) {
      running.remove(thread);
      return;
    }
    thread.start();
  }

  int count() {
    return running.size();
  }

  /// Interrupts them and waits until they ended, two seconds at most.
  @Override
  public void close() {
    closed = true;
    running.forEach(Thread::interrupt);
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (Thread thread : running) {
      try {
        Duration left = Duration.ofNanos(end - System.nanoTime());
        if (!left.isPositive() || !thread.join(left)) {
          return;
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      } catch (IllegalThreadStateException _) {
        // not started any more
      }
    }
  }
}
