package io.mailcanary.store;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Counts of latencies in buckets that grow with them, none wider than a 128th of what it holds, so
/// that hours can be added up. Microseconds are the finest.
final class Latencies {
  /// Halves of a power of two are cut into so many buckets, as bits.
  private static final int BITS = 7;

  private static final int WIDTH = Long.BYTES + Integer.BYTES;

  private final TreeMap<Integer, Long> counts = new TreeMap<>();
  private long total;

  void add(Duration latency) {
    add(bucket(Math.max(0, Nanos.of(latency) / 1_000)), 1);
  }

  void addAll(Latencies others) {
    others.counts.forEach(this::add);
  }

  private void add(int bucket, long count) {
    counts.merge(bucket, count, Long::sum);
    total += count;
  }

  /// The latency that a share of all canaries did not exceed.
  ///
  /// @param missing how many more there were that are slower than all
  /// @return null when it falls among the missing, or when there are none at all
  @Nullable Duration percentile(double share, long missing) {
    long rank = Math.max(1, (long) Math.ceil(share * (total + missing)));
    long seen = 0;
    for (Map.Entry<Integer, Long> entry : counts.entrySet()) {
      seen += entry.getValue();
      if (seen >= rank) {
        return Duration.ofNanos(1_000 * middle(entry.getKey()));
      }
    }
    return null;
  }

  byte[] encoded() {
    ByteBuffer bytes = ByteBuffer.allocate(counts.size() * WIDTH);
    counts.forEach((bucket, count) -> bytes.putInt(bucket).putLong(count));
    return bytes.array();
  }

  static Latencies decoded(byte[] bytes) {
    Latencies latencies = new Latencies();
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.remaining() >= WIDTH) {
      latencies.add(buffer.getInt(), buffer.getLong());
    }
    return latencies;
  }

  /// Values below 2^(BITS+1) have buckets of their own; after that each power of two has 2^BITS.
  private static int bucket(long micros) {
    int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(micros) - (BITS + 1));
    return (shift << BITS) + (int) (micros >> shift);
  }

  private static long middle(int bucket) {
    int shift = Math.max(0, (bucket >> BITS) - 1);
    long lowest = (long) (bucket - (shift << BITS)) << shift;
    return lowest + (1L << shift) / 2;
  }
}
