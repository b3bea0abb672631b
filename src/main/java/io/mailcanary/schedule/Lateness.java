package io.mailcanary.schedule;

import java.time.Duration;
import java.util.Arrays;

/// How late slots reached the wheel of late.
///
/// @param turns of how many slots; all zero without any
public record Lateness(int turns, Duration median, Duration ninetyNinth, Duration worst) {

  static Lateness of(long[] nanos) {
    if (nanos.length == 0) {
      return new Lateness(0, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    }
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return new Lateness(sorted.length, rank(sorted, 0.5), rank(sorted, 0.99), rank(sorted, 1));
  }

  /// Nearest rank.
  private static Duration rank(long[] sorted, double share) {
    int index = (int) Math.ceil(share * sorted.length) - 1;
    return Duration.ofNanos(sorted[Math.max(0, index)]);
  }

  /// The last so many.
  static final class Window {
    private final long[] nanos;
    private long seen;

    Window(int size) {
      this.nanos = new long[size];
    }

    synchronized void add(Duration lateness) {
      nanos[(int) (seen++ % nanos.length)] = lateness.toNanos();
    }

    synchronized Lateness sum() {
      return of(Arrays.copyOf(nanos, (int) Math.min(seen, nanos.length)));
    }
  }
}
