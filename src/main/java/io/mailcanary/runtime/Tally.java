package io.mailcanary.runtime;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/// Counts what happened on one path since the process began. It only goes up.
public final class Tally {
  /// Upper bounds of the histogram of delivery times, in seconds; one more bucket holds the rest.
  public static final double[] BOUNDS = {1, 10, 60, 600};

  private final Map<Key, Long> entered = new TreeMap<>();
  private final long[] buckets = new long[BOUNDS.length + 1];
  private double seconds;

  /// What is counted apart.
  ///
  /// @param outcome a state's word
  /// @param cause a cause's word
  public record Key(String leg, String outcome, String cause) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byLeg = leg.compareTo(other.leg);
      int byOutcome = byLeg == 0 ? outcome.compareTo(other.outcome) : byLeg;
      return byOutcome == 0 ? cause.compareTo(other.cause) : byOutcome;
    }
  }

  /// A copy of the delivery times.
  ///
  /// @param buckets counts of each bucket alone
  public record Deliveries(long[] buckets, double seconds) {}

  /// A canary entered a state.
  public synchronized void entered(String leg, String outcome, String cause) {
    entered.merge(new Key(leg, outcome, cause), 1L, Long::sum);
  }

  /// A canary arrived.
  public synchronized void delivered(Duration took) {
    double value = took.toNanos() / 1e9;
    int bucket = 0;
    while (bucket < BOUNDS.length && value > BOUNDS[bucket]) {
      bucket++;
    }
    buckets[bucket]++;
    seconds += value;
  }

  public synchronized Map<Key, Long> entries() {
    return new TreeMap<>(entered);
  }

  public synchronized Deliveries deliveries() {
    return new Deliveries(Arrays.copyOf(buckets, buckets.length), seconds);
  }
}
