package io.mailcanary.resolver;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.LongSupplier;

/// Remembers answers for as long as they say, and asks once where many want the same name at a
/// time.
final class HostCache implements HostSource {
  private static final int MOST_NAMES = 1_000;

  private final HostSource source;
  private final LongSupplier nanoTime;
  private final ConcurrentMap<String, FutureTask<HostAnswer>> flights = new ConcurrentHashMap<>();
  private final Map<String, Kept> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Kept> eldest) {
          return size() > MOST_NAMES;
        }
      };

  private record Kept(HostAnswer answer, long until) {}

  HostCache(HostSource source, LongSupplier nanoTime) {
    this.source = source;
    this.nanoTime = nanoTime;
  }

  @Override
  public HostAnswer ask(String host) {
    Optional<HostAnswer> known = known(host);
    if (known.isPresent()) {
      return known.get();
    }
    FutureTask<HostAnswer> mine = new FutureTask<>(() -> fetch(host));
    FutureTask<HostAnswer> flight = flights.putIfAbsent(host, mine);
    if (flight == null) {
      flight = mine;
      try {
        mine.run();
      } finally {
        flights.remove(host, mine);
      }
    }
    return landed(host, flight);
  }

  private HostAnswer fetch(String host) {
    HostAnswer answer = source.ask(host);
    if (answer.keep().isPositive()) {
      synchronized (kept) {
        kept.put(host, new Kept(answer, nanoTime.getAsLong() + answer.keep().toNanos()));
      }
    }
    return answer;
  }

  private Optional<HostAnswer> known(String host) {
    synchronized (kept) {
      Kept entry = kept.get(host);
      if (entry == null) {
        return Optional.empty();
      }
      if (entry.until - nanoTime.getAsLong() <= 0) {
        kept.remove(host);
        return Optional.empty();
      }
      return Optional.of(entry.answer);
    }
  }

  private static HostAnswer landed(String host, FutureTask<HostAnswer> flight) {
    try {
      return flight.get();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new HostAnswer.Missing(host + ": look-up interrupted", Duration.ZERO);
    } catch (ExecutionException e) {
      throw new IllegalStateException(host + ": look-up failed", e.getCause());
    }
  }
}
