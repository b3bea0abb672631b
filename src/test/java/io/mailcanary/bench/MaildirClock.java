package io.mailcanary.bench;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;

/// When mail truly came: the kernel's word (inotify) that a file is in a Maildir's `new`.
final class MaildirClock implements AutoCloseable {
  private final WatchService watch = FileSystems.getDefault().newWatchService();
  private final Map<Path, NavigableSet<Instant>> deliveries = new ConcurrentHashMap<>();

  MaildirClock() throws IOException {
    Thread thread = new Thread(this::run, "maildir-clock");
    thread.setDaemon(true);
    thread.setPriority(Thread.MAX_PRIORITY);
    thread.start();
  }

  void follow(Path maildir) throws IOException {
    deliveries.put(maildir.resolve("new"), new ConcurrentSkipListSet<>());
    maildir.resolve("new").register(watch, StandardWatchEventKinds.ENTRY_CREATE);
  }

  /// The last delivery to a Maildir at or before an instant.
  Optional<Instant> before(Path maildir, Instant at) {
    return Optional.ofNullable(deliveries.get(maildir.resolve("new"))).map(all -> all.floor(at));
  }

  /// Waits until so many deliveries came to each Maildir that is followed.
  synchronized void await(int each, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (fewest() < each) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new IllegalStateException(
            "a Maildir has %d deliveries of %d".formatted(fewest(), each));
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  private synchronized void tellWaiting() {
    notifyAll();
  }

  private int fewest() {
    return deliveries.values().stream().mapToInt(Set::size).min().orElse(0);
  }

  private void run() {
    try {
      while (true) {
        WatchKey key = watch.take();
        Instant now = Instant.now();
        for (WatchEvent<?> event : key.pollEvents()) {
          if (event.kind() == StandardWatchEventKinds.ENTRY_CREATE
              && key.watchable() instanceof Path folder) {
            Objects.requireNonNull(deliveries.get(folder)).add(now);
          }
        }
        key.reset();
        tellWaiting();
      }
    } catch (ClosedWatchServiceException _) {
      // closed
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    watch.close();
  }
}
