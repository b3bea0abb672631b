package io.mailcanary.runtime;

import io.mailcanary.canary.HopWait;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Counts what happened on one path since the process began. It only goes up.
public final class Tally {
  /// Upper bounds of the histogram of delivery times, in seconds; one more bucket holds the rest.
  public static final double[] BOUNDS = {1, 10, 60, 600};

  private static final int MOST_HOPS = 30;
  private static final int FEW = 4;

  private final Map<Key, Long> entered = new TreeMap<>();
  private final long[] buckets = new long[BOUNDS.length + 1];
  private double seconds;
  private final Map<String, Waits> hops = new HashMap<>(FEW);

  /// What canaries waited at one hop.
  ///
  /// @param total of all of them, in seconds
  /// @param newest of the newest one
  private record Waits(double total, double newest) {}

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

  /// A canary arrived that waited so at the hops on its way.
  public synchronized void waited(List<HopWait> waits) {
    for (HopWait wait : waits) {
      double excess = wait.excess().toNanos() / 1e9;
      if (hops.containsKey(wait.to()) || hops.size() < MOST_HOPS) {
        hops.merge(
            wait.to(),
            new Waits(excess, excess),
            (old, fresh) -> new Waits(old.total() + fresh.total(), fresh.newest()));
      }
    }
  }

  /// What the newest canary waited, in seconds, at the hops where canaries wait longest.
  public synchronized Map<String, Double> slowestHops(int most) {
    Map<String, Double> slowest = new TreeMap<>();
    hops.entrySet().stream()
        .sorted(
            Comparator.<Map.Entry<String, Waits>>comparingDouble(hop -> -hop.getValue().total())
                .thenComparing(Map.Entry::getKey))
        .limit(most)
        .forEach(hop -> slowest.put(hop.getKey(), hop.getValue().newest()));
    return slowest;
  }

  public synchronized Map<Key, Long> entries() {
    return new TreeMap<>(entered);
  }

  public synchronized Deliveries deliveries() {
    return new Deliveries(Arrays.copyOf(buckets, buckets.length), seconds);
  }
}
