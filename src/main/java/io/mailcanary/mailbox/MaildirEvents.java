package io.mailcanary.mailbox;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// File events for all maildirs of the process: the kernel grants few watchers, each of which can
/// hold many folders.
final class MaildirEvents {
  private static final Logger LOG = LoggerFactory.getLogger(MaildirEvents.class);

  /// Whoever waits for files.
  @FunctionalInterface
  interface Listener {
    /// Something came.
    ///
    /// @param file what it was; empty: events were lost, everything has to be looked through
    void changed(@Nullable Path file);
  }

  private record Watched(Path directory, CopyOnWriteArrayList<Listener> listeners) {}

  private static final class Shared {
    static final MaildirEvents INSTANCE = new MaildirEvents();
  }

  private final Map<WatchKey, Watched> watched = new ConcurrentHashMap<>();
  private final @Nullable WatchService service;

  private MaildirEvents() {
    service = create();
    if (service != null) {
      Thread.ofPlatform().daemon().name("maildir-events").start(() -> pump(service));
    }
  }

  static MaildirEvents shared() {
    return Shared.INSTANCE;
  }

  /// Listens to a directory; what cannot be listened to is left to the poll.
  ///
  /// @return to be run when nobody listens any more
  Runnable listen(Path directory, Listener listener) {
    WatchService events = service;
    if (events == null) {
      return () -> {};
    }
    synchronized (this) {
      try {
        WatchKey key = directory.register(events, StandardWatchEventKinds.ENTRY_CREATE);
        watched
            .computeIfAbsent(key, _ -> new Watched(directory, new CopyOnWriteArrayList<>()))
            .listeners()
            .add(listener);
        return () -> forget(key, listener);
      } catch (IOException e) {
        LOG.warn("No file events for {}, it is polled: {}", directory, e.getMessage());
        return () -> {};
      }
    }
  }

  private synchronized void forget(WatchKey key, Listener listener) {
    Watched entry = watched.get(key);
    if (entry != null && entry.listeners().remove(listener) && entry.listeners().isEmpty()) {
      watched.remove(key);
      key.cancel();
    }
  }

  private static @Nullable WatchService create() {
    try {
      return FileSystems.getDefault().newWatchService();
    } catch (IOException e) {
      LOG.warn("No file events on this host, maildirs are polled: {}", e.getMessage());
      return null;
    }
  }

  private void pump(WatchService events) {
    try {
      while (true) {
        WatchKey key = events.take();
        Watched entry = watched.get(key);
        for (WatchEvent<?> event : key.pollEvents()) {
          if (entry != null) {
            tell(entry, event);
          }
        }
        if (!key.reset() && entry != null) {
          // The directory is gone; it may come back as another one.
          watched.remove(key);
          entry.listeners().forEach(listener -> listener.changed(null));
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void tell(Watched entry, WatchEvent<?> event) {
    Path file = event.context() instanceof Path name ? entry.directory().resolve(name) : null;
    for (Listener listener : entry.listeners()) {
      listener.changed(file);
    }
  }
}
