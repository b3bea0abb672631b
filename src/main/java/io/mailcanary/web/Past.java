package io.mailcanary.web;

import io.mailcanary.path.MailPath;
import io.mailcanary.store.CanaryMark;
import io.mailcanary.store.CanaryStore;
import io.mailcanary.store.StoreException;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The last day of the paths that somebody looks at, read beside the requests: a page waits a
/// moment for it and shows what there is.
@Singleton
final class Past {
  private static final Logger LOG = LoggerFactory.getLogger(Past.class);
  private static final Duration PATIENCE = Duration.ofMillis(40);

  /// Of so many paths at once a moment brings too few to wait for: the page looks again soon.
  private static final int MANY = 20;

  private static final Duration PATIENCE_WITH_MANY = Duration.ofMillis(2);

  /// For the very first page, when even classes have to be loaded.
  private static final Duration FIRST_PATIENCE = Duration.ofMillis(400);

  private static final Duration DAY = Duration.ofDays(1);
  private static final int MOST_CANARIES = 20_000;
  private static final int MOST_PATHS = 2_000;
  private static final long FRESH_PER_PATH = 100;
  private static final long FRESH_AT_LEAST = 1_000;
  private static final long FRESH_AT_MOST = 30_000;

  private final CanaryStore store;
  private final InstantSource clock;
  private final Map<String, Held> held = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<?>> reading = new ConcurrentHashMap<>();
  private final ExecutorService reader =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("page-past").factory());

  /// @param oldest the start of the oldest canary that was found
  private record Held(Map<Span, Cells> cells, Optional<Instant> oldest, Instant readAt) {}

  /// What is known of some paths.
  ///
  /// @param strips by path; those that were not read yet are missing
  record Strips(Span span, Map<String, Cells.Strip> strips) {}

  Past(CanaryStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  Strips strips(Collection<MailPath> paths) {
    Instant now = clock.instant();
    long fresh = Math.clamp(paths.size() * FRESH_PER_PATH, FRESH_AT_LEAST, FRESH_AT_MOST);
    CompletableFuture<?>[] awaited =
        paths.stream()
            .filter(path -> isStale(path.name(), now.minusMillis(fresh)))
            .map(this::read)
            .toArray(CompletableFuture<?>[]::new);
    await(patience(awaited.length), awaited);
    Map<String, Held> known = new HashMap<>();
    paths.forEach(path -> {
      Held one = held.get(path.name());
      if (one != null) {
        known.put(path.name(), one);
      }
    });
    Instant oldest =
        known.values().stream()
            .flatMap(one -> one.oldest().stream())
            .min(Instant::compareTo)
            .orElse(now);
    Span span = Span.since(oldest, now);
    Map<String, Cells.Strip> strips = new HashMap<>();
    known.forEach((name, one) -> {
      Cells cells = one.cells().get(span);
      if (cells != null) {
        strips.put(name, cells.strip());
      }
    });
    return new Strips(span, strips);
  }

  private Duration patience(int paths) {
    if (paths > MANY) {
      return PATIENCE_WITH_MANY;
    }
    return held.isEmpty() ? FIRST_PATIENCE : PATIENCE;
  }

  @PreDestroy
  void close() {
    reader.shutdownNow();
  }

  private boolean isStale(String path, Instant since) {
    Held one = held.get(path);
    return one == null || one.readAt().isBefore(since);
  }

  private CompletableFuture<?> read(MailPath path) {
    return reading.computeIfAbsent(
        path.name(), _ -> CompletableFuture.runAsync(() -> readNow(path), reader));
  }

  private void readNow(MailPath path) {
    try {
      Instant now = clock.instant();
      List<CanaryMark> marks = store.marks(path.name(), now.minus(DAY), MOST_CANARIES);
      Map<Span, Cells> cells = new EnumMap<>(Span.class);
      for (Span span : Span.values()) {
        cells.put(span, Cells.of(marks, expected(path), span, now));
      }
      if (held.size() >= MOST_PATHS) {
        held.keySet().stream().findAny().ifPresent(held::remove);
      }
      held.put(
          path.name(), new Held(cells, marks.stream().findFirst().map(CanaryMark::start), now));
    } catch (StoreException e) {
      LOG.warn("the past of a path cannot be shown: {}", e.getMessage());
    } finally {
      reading.remove(path.name());
    }
  }

  /// The state that a canary of the path should come to.
  static String expected(MailPath path) {
    return path.expect().outcome().name().toLowerCase(Locale.ROOT);
  }

  private static void await(Duration patience, CompletableFuture<?>... reads) {
    try {
      CompletableFuture.allOf(reads).get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      // What is not there yet is there when the page looks again.
    } catch (ExecutionException e) {
      LOG.warn("the past of a path cannot be shown: {}", String.valueOf(e.getCause()));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
