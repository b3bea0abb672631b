package io.mailcanary.metrics;

import io.mailcanary.canary.CanaryState;
import io.mailcanary.canary.Cause;
import io.mailcanary.path.MailPath;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.PathView;
import io.mailcanary.runtime.Tally;
import io.mailcanary.verdict.Health;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The series of all paths, read from the board when they are asked for: tens of meters for each of
/// ten thousand paths would cost more than the work that they measure, and their text takes more
/// room than all that is known of them. So it is written in pieces, and by hand.
final class PathMetrics {
  /// With all others of a path these make thirty series.
  private static final int MOST_HOPS = 2;

  private static final int PATHS_AT_ONCE = 250;

  private final Board board;
  private final InstantSource clock;

  PathMetrics(Board board, InstantSource clock) {
    this.board = board;
    this.clock = clock;
  }

  /// All series of one name.
  ///
  /// @param example says what the name means
  private record Family(MetricSnapshot example, Writer writer) {}

  private interface Writer {
    void write(Lines lines, PathView view);
  }

  /// The series of all paths: those of one name together, those of few paths at once. Each piece is
  /// made when it is asked for; one may be empty.
  List<Supplier<String>> pieces(Exposition exposition) {
    List<PathView> paths = board.paths();
    Instant now = clock.instant();
    return Stream.of(
            canaries(), deliveries(), inFlight(), oldest(now), lastDelivery(), health(), hops())
        .flatMap(family -> pieces(family, paths, exposition))
        .toList();
  }

  private static Stream<Supplier<String>> pieces(
      Family family, List<PathView> paths, Exposition exposition) {
    AtomicBoolean begun = new AtomicBoolean();
    return IntStream.range(0, (paths.size() + PATHS_AT_ONCE - 1) / PATHS_AT_ONCE)
        .mapToObj(part ->
            () -> {
              String text = text(family, part(paths, part));
              return text.isEmpty() || begun.getAndSet(true)
                  ? text
                  : exposition.head(family.example()) + text;
            });
  }

  private static List<PathView> part(List<PathView> paths, int part) {
    int from = part * PATHS_AT_ONCE;
    return paths.subList(from, Math.min(paths.size(), from + PATHS_AT_ONCE));
  }

  private static String text(Family family, List<PathView> paths) {
    Lines lines = new Lines();
    paths.forEach(view -> family.writer().write(lines, view));
    return lines.toString();
  }

  private Family canaries() {
    MetricSnapshot example =
        CounterSnapshot.builder()
            .name("mailcanary_canaries")
            .help("Canaries that entered a state, by outcome and cause")
            .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder().value(0).build())
            .build();
    return new Family(example, (lines, view) -> counters(lines, view, board.tally(view.name())));
  }

  /// Each outcome is there from the start where a path has one leg; with several, each leg's
  /// deliveries are, and what else happened on it. Legs that are retired are left out.
  private static void counters(Lines lines, PathView view, Tally tally) {
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
        lines.add(
            "mailcanary_canaries_total",
            (double) count,
            "cause",
            key.cause(),
            "leg",
            key.leg(),
            "outcome",
            key.outcome(),
            "path",
            path.name()));
  }

  private Family deliveries() {
    MetricSnapshot example =
        HistogramSnapshot.builder()
            .name("mailcanary_delivery_seconds")
            .help("From the first attempt to hand a canary over to its arrival")
            .dataPoint(
                HistogramSnapshot.HistogramDataPointSnapshot.builder()
                    .classicHistogramBuckets(
                        ClassicHistogramBuckets.of(List.of(Double.POSITIVE_INFINITY), List.of(0)))
                    .build())
            .build();
    return new Family(
        example,
        (lines, view) -> histogram(lines, view.name(), board.tally(view.name()).deliveries()));
  }

  private static void histogram(Lines lines, String path, Tally.Deliveries deliveries) {
    long count = 0;
    for (int i = 0; i < deliveries.buckets().length; i++) {
      count += deliveries.buckets()[i];
      String bound = i < Tally.BOUNDS.length ? Double.toString(Tally.BOUNDS[i]) : "+Inf";
      lines.add("mailcanary_delivery_seconds_bucket", count, "path", path, "le", bound);
    }
    lines.add("mailcanary_delivery_seconds_count", count, "path", path);
    lines.add("mailcanary_delivery_seconds_sum", deliveries.seconds(), "path", path);
  }

  private static Family inFlight() {
    return gauge(
        "mailcanary_in_flight",
        "Canaries on record whose fate is open",
        view -> (double) view.inFlight());
  }

  private static Family oldest(Instant now) {
    return gauge(
        "mailcanary_oldest_in_flight_seconds",
        "Age of the oldest canary in flight",
        view -> age(view.oldestInFlight(), now));
  }

  private static Family lastDelivery() {
    return gauge(
        "mailcanary_last_delivery_timestamp_seconds",
        "When a canary last arrived",
        view -> epoch(view.lastDelivered()));
  }

  private static Family health() {
    String name = "mailcanary_path_health";
    List<Health> byWord = new ArrayList<>(List.of(Health.values()));
    byWord.sort((a, b) -> a.word().compareTo(b.word()));
    return new Family(
        example(name, "1 for the health that a path has, 0 for the others"),
        (lines, view) -> {
          for (Health one : byWord) {
            double is = one == view.health().health() ? 1 : 0;
            lines.add(name, is, "health", one.word(), "path", view.name());
          }
        });
  }

  private Family hops() {
    String name = "mailcanary_hop_seconds";
    return new Family(
        example(
            name, "What the newest canary waited beyond the least, at the slowest hops of a path"),
        (lines, view) ->
            board
                .tally(view.name())
                .slowestHops(MOST_HOPS)
                .forEach(
                    (hop, seconds) -> lines.add(name, seconds, "hop", hop, "path", view.name())));
  }

  private static Family gauge(String name, String help, ToDoubleFunction<PathView> value) {
    return new Family(
        example(name, help),
        (lines, view) -> lines.add(name, value.applyAsDouble(view), "path", view.name()));
  }

  private static MetricSnapshot example(String name, String help) {
    return GaugeSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder().value(0).build())
        .build();
  }

  private static double age(@Nullable Instant since, Instant now) {
    return since == null ? 0 : Math.max(0, Duration.between(since, now).toMillis() / 1000.0);
  }

  private static double epoch(@Nullable Instant instant) {
    return instant == null ? 0 : instant.toEpochMilli() / 1000.0;
  }
}
