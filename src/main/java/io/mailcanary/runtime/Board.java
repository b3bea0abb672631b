package io.mailcanary.runtime;

import io.mailcanary.canary.Canary;
import io.mailcanary.incident.Incident;
import io.mailcanary.verdict.Health;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// How everything is, for all who show it. What it hands out is immutable; one conductor writes it.
public final class Board {
  /// The part that says whether somebody outside hears that we live.
  public static final String HEARTBEAT = "heartbeat";

  private final Map<String, PathView> paths = new ConcurrentHashMap<>();

  /// The same in order, since every look at many of them asks for that.
  private final Map<String, PathView> inOrder = new ConcurrentSkipListMap<>();

  private final Map<Health, AtomicInteger> healths = new EnumMap<>(Health.class);
  private final Map<String, Tally> tallies = new ConcurrentHashMap<>();
  private final Map<String, Part> parts = new ConcurrentHashMap<>();
  private final List<Consumer<News>> listeners = new CopyOnWriteArrayList<>();
  private final AtomicLong revision = new AtomicLong();
  private volatile ConfigurationView configuration;

  /// Something changed.
  public sealed interface News {
    record OfCanary(Canary canary) implements News {}

    record OfPath(PathView path) implements News {}

    record OfIncident(Incident incident) implements News {}
  }

  public Board(ConfigurationView configuration) {
    this.configuration = configuration;
    for (Health health : Health.values()) {
      healths.put(health, new AtomicInteger());
    }
  }

  /// The paths by name.
  public List<PathView> paths() {
    return List.copyOf(inOrder.values());
  }

  public Optional<PathView> path(String name) {
    return Optional.ofNullable(paths.get(name));
  }

  /// How many paths are how.
  public Map<Health, Integer> healths() {
    Map<Health, Integer> counts = new EnumMap<>(Health.class);
    healths.forEach((health, count) -> {
      if (count.get() > 0) {
        counts.put(health, count.get());
      }
    });
    return counts;
  }

  /// The parts of the observer by name.
  public List<Part> parts() {
    return parts.values().stream().sorted((a, b) -> a.name().compareTo(b.name())).toList();
  }

  public Optional<Part> part(String name) {
    return Optional.ofNullable(parts.get(name));
  }

  /// As long as this stays the same no path's health and no part began or ceased to be well.
  public long revision() {
    return revision.get();
  }

  /// What is wrong with us: for this no heartbeat goes out and we are not ready. Whether the
  /// heartbeat itself gets through is not for either to say.
  public List<Part> troubles() {
    return parts().stream().filter(part -> !part.ok() && !part.name().equals(HEARTBEAT)).toList();
  }

  public ConfigurationView configuration() {
    return configuration;
  }

  /// The counts of a path; they begin at zero when it is first asked for.
  public Tally tally(String path) {
    return tallies.computeIfAbsent(path, _ -> new Tally());
  }

  public void show(PathView view) {
    put(view);
    revision.incrementAndGet();
    tell(new News.OfPath(view));
  }

  /// Replaces a view in which only figures moved: nobody is told.
  public void refresh(PathView view) {
    put(view);
  }

  private void put(PathView view) {
    String name = view.path().name();
    if (paths.get(name) == view) {
      return;
    }
    synchronized (inOrder) {
      PathView before = paths.put(name, view);
      inOrder.put(name, view);
      count(view, 1);
      if (before != null) {
        count(before, -1);
      }
    }
  }

  private void count(PathView view, int more) {
    AtomicInteger count = healths.get(view.health().health());
    if (count != null) {
      count.addAndGet(more);
    }
  }

  public void forget(String path) {
    synchronized (inOrder) {
      PathView before = paths.remove(path);
      inOrder.remove(path);
      if (before != null) {
        count(before, -1);
      }
    }
    tallies.remove(path);
    revision.incrementAndGet();
  }

  public void show(Part part) {
    Part before = parts.put(part.name(), part);
    if (before == null || before.ok() != part.ok()) {
      revision.incrementAndGet();
    }
  }

  /// Shows how a part is now; since when it is so stays while it is the same.
  ///
  /// @param reason a sentence; empty when all is well
  /// @return whether that is new
  public synchronized boolean show(String part, boolean ok, String reason, Instant now) {
    Part before = parts.get(part);
    if (before == null || before.ok() != ok) {
      show(new Part(part, ok, now, reason));
      return true;
    }
    if (before.reason().equals(reason)) {
      return false;
    }
    show(new Part(part, ok, before.since(), reason));
    return true;
  }

  public void forgetPart(String name) {
    parts.remove(name);
    revision.incrementAndGet();
  }

  public void show(ConfigurationView view) {
    configuration = view;
  }

  public void tell(News news) {
    listeners.forEach(listener -> listener.accept(news));
  }

  /// Tells `listener` all news until the returned handle is closed. It must not block.
  public AutoCloseable listen(Consumer<News> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }
}
