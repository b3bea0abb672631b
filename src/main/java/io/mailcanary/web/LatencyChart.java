package io.mailcanary.web;

import io.mailcanary.store.CanaryMark;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Latency over time on a logarithmic scale, each canary by itself: a dot where it arrived at once,
/// a square at the delay it had in the end where it was deferred, an open triangle at its age while
/// it is missing, a cross at the top where it failed.
final class LatencyChart {
  static final int WIDTH = 1000;
  static final int HEIGHT = 280;
  private static final int LEFT = 58;
  private static final int RIGHT = 12;
  private static final int TOP = 26;
  private static final int BOTTOM = 30;
  private static final int BUCKETS = 48;
  private static final int FEW = 3;

  private static final double[] TICKS = {
    0.001, 0.01, 0.1, 1, 10, 60, 600, 3_600, 21_600, 86_400, 604_800
  };
  private static final String[] TICK_WORDS = {
    "1 ms", "10 ms", "0.1 s", "1 s", "10 s", "1 min", "10 min", "1 h", "6 h", "1 day", "7 days"
  };

  private final Instant from;
  private final Instant to;
  private final double lowest;
  private final double highest;

  /// @param promised where the line of the promise lies
  /// @param parts the canaries, one path a kind
  /// @param middle the line below which half of the canaries lie
  /// @param most the line below which 95 of 100 do
  record Chart(
      int width,
      int height,
      List<Tick> rows,
      List<Tick> columns,
      double promised,
      String promise,
      List<Cells.Part> parts,
      List<String> middle,
      List<String> most,
      String words) {}

  record Tick(double at, String text) {}

  private LatencyChart(Instant from, Instant to, double lowest, double highest) {
    this.from = from;
    this.to = to;
    this.lowest = lowest;
    this.highest = highest;
  }

  static Chart of(
      List<CanaryMark> marks, String expected, Duration within, Range range, Instant now) {
    double promise = seconds(within);
    double least = promise / 10;
    double most = promise * 3;
    for (CanaryMark mark : marks) {
      double value = value(mark, now);
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    LatencyChart chart =
        new LatencyChart(now.minus(range.length()), now, Math.max(0.0005, least / 1.6), most * 1.6);
    return new Chart(
        WIDTH,
        HEIGHT,
        chart.rows(),
        chart.columns(range),
        round(chart.y(promise)),
        "promised: " + Times.latency(within),
        chart.parts(marks, expected, now),
        chart.line(marks, now, 0.5),
        chart.line(marks, now, 0.95),
        "Latency of %,d canaries over the last %s".formatted(marks.size(), range.words()));
  }

  private List<Tick> rows() {
    List<Tick> rows = new ArrayList<>();
    for (int i = 0; i < TICKS.length; i++) {
      if (TICKS[i] >= lowest && TICKS[i] <= highest) {
        rows.add(new Tick(round(y(TICKS[i])), TICK_WORDS[i]));
      }
    }
    return rows;
  }

  private List<Tick> columns(Range range) {
    List<Tick> columns = new ArrayList<>();
    long step = range.tick().toMillis();
    for (long at = (from.toEpochMilli() / step + 1) * step; at <= to.toEpochMilli(); at += step) {
      Instant instant = Instant.ofEpochMilli(at);
      columns.add(
          new Tick(
              round(x(instant)),
              range == Range.WEEK
                  ? Times.day(instant).replaceAll(" \\d\\d:.*", "")
                  : Times.minute(instant)));
    }
    return columns;
  }

  private List<Cells.Part> parts(List<CanaryMark> marks, String expected, Instant now) {
    Map<Shapes, StringBuilder> paths = new EnumMap<>(Shapes.class);
    for (CanaryMark mark : marks) {
      if (mark.start().isBefore(from)) {
        continue;
      }
      Shapes shape = Shapes.of(mark, expected, now);
      boolean hasPlace = mark.latency() != null || isUnderWay(shape);
      double y =
          hasPlace ? y(value(mark, now)) : shape == Shapes.BLIND ? HEIGHT - BOTTOM - 5 : TOP - 12;
      paths
          .computeIfAbsent(shape, _ -> new StringBuilder())
          .append(drawn(shape, x(mark.start()), y));
    }
    return paths.entrySet().stream()
        .map(one -> new Cells.Part(one.getKey().word(), one.getValue().toString()))
        .toList();
  }

  private static boolean isUnderWay(Shapes shape) {
    return shape == Shapes.PENDING || shape == Shapes.DEFERRING || shape == Shapes.MISSING;
  }

  /// One shape as a part of a path.
  static String drawn(Shapes shape, double x, double y) {
    return switch (shape) {
      case OK, PENDING, BLIND -> "M%s %sh0".formatted(text(x), text(y));
      case DEFERRING -> "M%s %sh6v6h-6z".formatted(text(x - 3), text(y - 3));
      case DEGRADED -> "M%s %sl4 7h-8z".formatted(text(x), text(y - 4));
      case MISSING -> "M%s %sl4 7h-8z".formatted(text(x), text(y - 4));
      case FAILING -> "M%s %sl7 7m0-7l-7 7".formatted(text(x - 3.5), text(y - 3.5));
    };
  }

  private List<String> line(List<CanaryMark> marks, Instant now, double share) {
    List<List<Double>> buckets = new ArrayList<>();
    for (int i = 0; i < BUCKETS; i++) {
      buckets.add(new ArrayList<>());
    }
    long width = Math.max(1, Duration.between(from, to).toMillis() / BUCKETS);
    for (CanaryMark mark : marks) {
      long bucket = Duration.between(from, mark.start()).toMillis() / width;
      if (bucket >= 0 && bucket < BUCKETS) {
        double value = value(mark, now);
        buckets.get((int) bucket).add(value);
      }
    }
    List<String> lines = new ArrayList<>();
    List<String> points = new ArrayList<>();
    for (int i = 0; i < BUCKETS; i++) {
      List<Double> values = buckets.get(i);
      if (values.size() < FEW) {
        end(points, lines);
        continue;
      }
      Collections.sort(values);
      double value = values.get(Math.min(values.size() - 1, (int) (values.size() * share)));
      points.add(text(x(from.plusMillis(i * width + width / 2))) + "," + text(y(value)));
    }
    end(points, lines);
    return lines;
  }

  private static void end(List<String> points, List<String> lines) {
    if (points.size() > 1) {
      lines.add(String.join(" ", points));
    }
    points.clear();
  }

  /// Its latency; its age where it has none.
  private static double value(CanaryMark mark, Instant now) {
    Duration took = mark.latency();
    return Math.max(0.0005, seconds(took == null ? Duration.between(mark.start(), now) : took));
  }

  private double x(Instant at) {
    double share =
        (double) Duration.between(from, at).toMillis()
            / Math.max(1, Duration.between(from, to).toMillis());
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private double y(double seconds) {
    double share = Math.log(seconds / lowest) / Math.log(highest / lowest);
    return HEIGHT - BOTTOM - Math.clamp(share, 0, 1) * (HEIGHT - BOTTOM - TOP);
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  private static double round(double value) {
    return Math.round(value * 10) / 10.0;
  }

  static String text(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
