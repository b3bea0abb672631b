package io.mailcanary.metrics;

import io.mailcanary.canary.CanaryState;
import io.mailcanary.canary.Cause;
import io.mailcanary.path.MailPath;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.PathView;
import io.mailcanary.runtime.Tally;
import io.mailcanary.verdict.Health;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The series of all paths, read from the board when they are asked for: tens of meters for each of
/// ten thousand paths would cost more than the work that they measure.
final class PathMetrics implements MultiCollector {
  /// With all others of a path these make thirty series.
  private static final int MOST_HOPS = 2;

  private final Board board;
  private final InstantSource clock;

  PathMetrics(Board board, InstantSource clock) {
    this.board = board;
    this.clock = clock;
  }

  @Override
  public MetricSnapshots collect() {
    Instant now = clock.instant();
    CounterSnapshot.Builder canaries =
        CounterSnapshot.builder()
            .name("mailcanary_canaries")
            .help("Canaries that entered a state, by outcome and cause");
    HistogramSnapshot.Builder deliveries =
        HistogramSnapshot.builder()
            .name("mailcanary_delivery_seconds")
            .help("From the first attempt to hand a canary over to its arrival");
    GaugeSnapshot.Builder inFlight =
        gauge("mailcanary_in_flight", "Canaries on record whose fate is open");
    GaugeSnapshot.Builder oldest =
        gauge("mailcanary_oldest_in_flight_seconds", "Age of the oldest canary in flight");
    GaugeSnapshot.Builder last =
        gauge("mailcanary_last_delivery_timestamp_seconds", "When a canary last arrived");
    GaugeSnapshot.Builder health =
        gauge("mailcanary_path_health", "1 for the health that a path has, 0 for the others");
    GaugeSnapshot.Builder hops =
        gauge(
            "mailcanary_hop_seconds",
            "What the newest canary waited beyond the least, at the slowest hops of a path");
    for (PathView view : board.paths()) {
      Labels path = Labels.of("path", view.name());
      Tally tally = board.tally(view.name());
      counters(canaries, view, tally);
      deliveries.dataPoint(histogram(path, tally.deliveries()));
      inFlight.dataPoint(point(path, view.inFlight()));
      oldest.dataPoint(point(path, age(view.oldestInFlight(), now)));
      last.dataPoint(point(path, epoch(view.lastDelivered())));
      tally
          .slowestHops(MOST_HOPS)
          .forEach((hop, seconds) -> hops.dataPoint(point(path.add("hop", hop), seconds)));
      for (Health one : Health.values()) {
        double is = one == view.health().health() ? 1 : 0;
        health.dataPoint(point(path.add("health", one.word()), is));
      }
    }
    GaugeSnapshot.Builder observer =
        gauge("mailcanary_observer_up", "Whether a part of the observer works");
    board
        .parts()
        .forEach(
            part -> observer.dataPoint(point(Labels.of("part", part.name()), part.ok() ? 1 : 0)));
    return MetricSnapshots.of(
        canaries.build(),
        deliveries.build(),
        inFlight.build(),
        oldest.build(),
        last.build(),
        health.build(),
        hops.build(),
        observer.build());
  }

  /// Each outcome is there from the start where a path has one leg; with several, each leg's
  /// deliveries are, and what else happened on it. Legs that are retired are left out.
  private static void counters(CounterSnapshot.Builder canaries, PathView view, Tally tally) {
    MailPath path = view.path();
    Map<Tally.Key, Long> counts = new TreeMap<>();
    Set<String> legs = new LinkedHashSet<>();
    view.legs().forEach(leg -> legs.add(MailPath.legOf(leg.name())));
    if (legs.isEmpty()) {
      legs.add("");
    }
    List<String> outcomes = legs.size() == 1 ? CanaryState.WORDS : List.of("delivered");
    for (String leg : legs) {
      outcomes.forEach(outcome -> counts.put(new Tally.Key(leg, outcome, Cause.NONE.word()), 0L));
    }
    tally
        .entries()
        .forEach((key, count) -> {
          if (legs.contains(key.leg())) {
            counts.put(key, count);
          }
        });
    counts.forEach((key, count) ->
        canaries.dataPoint(
            CounterSnapshot.CounterDataPointSnapshot.builder()
                .labels(
                    Labels.of(
                        "path",
                        path.name(),
                        "leg",
                        key.leg(),
                        "outcome",
                        key.outcome(),
                        "cause",
                        key.cause()))
                .value(count)
                .build()));
  }

  private static HistogramSnapshot.HistogramDataPointSnapshot histogram(
      Labels path, Tally.Deliveries deliveries) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    for (int i = 0; i < deliveries.buckets().length; i++) {
      double bound = i < Tally.BOUNDS.length ? Tally.BOUNDS[i] : Double.POSITIVE_INFINITY;
      buckets.bucket(bound, deliveries.buckets()[i]);
    }
    return HistogramSnapshot.HistogramDataPointSnapshot.builder()
        .labels(path)
        .classicHistogramBuckets(buckets.build())
        .sum(deliveries.seconds())
        .build();
  }

  private static GaugeSnapshot.Builder gauge(String name, String help) {
    return GaugeSnapshot.builder().name(name).help(help);
  }

  private static GaugeSnapshot.GaugeDataPointSnapshot point(Labels labels, double value) {
    return GaugeSnapshot.GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
  }

  private static double age(@Nullable Instant since, Instant now) {
    return since == null ? 0 : Math.max(0, Duration.between(since, now).toMillis() / 1000.0);
  }

  private static double epoch(@Nullable Instant instant) {
    return instant == null ? 0 : instant.toEpochMilli() / 1000.0;
  }
}
