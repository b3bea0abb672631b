package io.mailcanary.web;

import io.mailcanary.store.CanaryMark;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The past of one path over a span, cell by cell: the worst that became of a canary in each, and
/// the latency in its middle.
final class Cells {
  private static final int WIDTH = 4;
  private static final int HEIGHT = 22;
  private static final int SPARK_HEIGHT = 26;
  private static final double FLOOR = 0.005;

  private final Span span;
  private final @Nullable Shapes[] worst;
  private final double[] latency;
  private final Map<Shapes, Integer> counts = new EnumMap<>(Shapes.class);

  /// Drawn when first asked for: of four spans one is looked at.
  private volatile @Nullable Strip drawn;

  /// What a strip and its line are drawn of.
  ///
  /// @param parts one path of rectangles a kind
  /// @param words the same for those who cannot see it
  record Strip(
      int width, int height, List<Part> parts, String words, List<String> lines, int lineHeight) {}

  /// @param kind a shape's word
  record Part(String kind, String d) {}

  private Cells(Span span) {
    this.span = span;
    worst = new Shapes[span.cells()];
    latency = new double[span.cells()];
    Arrays.fill(latency, Double.NaN);
  }

  static Cells of(List<CanaryMark> marks, String expected, Span span, Instant now) {
    Cells cells = new Cells(span);
    Instant end = span.end(now);
    List<List<Double>> latencies = new ArrayList<>();
    for (int i = 0; i < span.cells(); i++) {
      latencies.add(new ArrayList<>());
    }
    for (CanaryMark mark : marks) {
      int cell = span.cell(mark.start(), end);
      if (cell >= 0 && cell < span.cells()) {
        cells.add(cell, Shapes.of(mark, expected, now));
        Duration took = mark.latency();
        if (took != null) {
          latencies.get(cell).add(took.toNanos() / 1e9);
        }
      }
    }
    for (int i = 0; i < span.cells(); i++) {
      cells.latency[i] = middle(latencies.get(i));
    }
    return cells;
  }

  private void add(int cell, Shapes shape) {
    if (shape == Shapes.PENDING) {
      return;
    }
    counts.merge(shape, 1, Integer::sum);
    Shapes before = worst[cell];
    if (before == null || before.compareTo(shape) < 0) {
      worst[cell] = shape;
    }
  }

  private static double middle(List<Double> values) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    values.sort(null);
    return values.get(values.size() / 2);
  }

  Strip strip() {
    Strip strip = drawn;
    if (strip == null) {
      strip = draw();
      drawn = strip;
    }
    return strip;
  }

  private Strip draw() {
    Map<Shapes, StringBuilder> paths = new EnumMap<>(Shapes.class);
    for (int i = 0; i < worst.length; i++) {
      Shapes shape = worst[i];
      if (shape != null) {
        draw(paths.computeIfAbsent(shape, _ -> new StringBuilder()), shape, i * WIDTH);
      }
    }
    List<Part> parts =
        paths.entrySet().stream()
            .map(one -> new Part(one.getKey().word(), one.getValue().toString()))
            .toList();
    return new Strip(worst.length * WIDTH, HEIGHT, parts, words(), line(), SPARK_HEIGHT);
  }

  /// Each kind has an outline of its own.
  private static void draw(StringBuilder d, Shapes shape, int x) {
    d.append('M').append(x).append(outline(shape));
    if (shape == Shapes.FAILING) {
      d.append('M').append(x).append(" 13h3v9h-3z");
    } else if (shape == Shapes.MISSING) {
      d.append('M').append(x).append(".9 1v20h1.2v-20z");
    }
  }

  private static String outline(Shapes shape) {
    return switch (shape) {
      case FAILING -> " 0h3v9h-3z";
      case DEGRADED -> " 7h3v15h-3z";
      case OK, PENDING, DEFERRING, BLIND, MISSING -> " 0h3v22h-3z";
    };
  }

  private String words() {
    if (counts.isEmpty()) {
      return "no canary in " + span.words();
    }
    List<String> all = new ArrayList<>();
    for (Shapes shape : Shapes.values()) {
      int count = counts.getOrDefault(shape, 0);
      if (count > 0) {
        all.add("%,d %s".formatted(count, word(shape)));
      }
    }
    return "Canaries of %s: %s".formatted(span.words(), String.join(", ", all));
  }

  private static String word(Shapes shape) {
    return switch (shape) {
      case OK -> "as promised";
      case PENDING -> "on their way";
      case DEGRADED -> "slow, misfiled or altered";
      case DEFERRING -> "deferred";
      case MISSING -> "missing";
      case BLIND -> "not to be seen";
      case FAILING -> "failed";
    };
  }

  /// The latency as lines, on a logarithmic scale that all paths share.
  private List<String> line() {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    int points = 0;
    for (int i = 0; i <= latency.length; i++) {
      if (i < latency.length && !Double.isNaN(latency[i])) {
        line.append(i * WIDTH + 2).append(',');
        decimal(line, height(latency[i]));
        line.append(' ');
        points++;
      } else if (i == latency.length || Double.isNaN(latency[i])) {
        if (points == 1) {
          String only = line.toString().strip();
          line.append(i * WIDTH).append(only, only.indexOf(','), only.length());
        }
        if (points > 0) {
          lines.add(line.toString().strip());
        }
        line.setLength(0);
        points = 0;
      }
    }
    return lines;
  }

  /// From 5 ms below to three hours above.
  private static double height(double seconds) {
    double share = Math.log(Math.max(seconds, FLOOR) / FLOOR) / Math.log(10_800 / FLOOR);
    return SPARK_HEIGHT - 2 - Math.min(1, share) * (SPARK_HEIGHT - 4);
  }

  /// With one digit after the point where that is none of nothing; thousands of these make a page.
  private static void decimal(StringBuilder text, double value) {
    long tenths = Math.round(value * 10);
    text.append(tenths / 10);
    if (tenths % 10 != 0) {
      text.append('.').append(tenths % 10);
    }
  }
}
