package io.mailcanary.api;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Counts guesses that failed, by address, so that guessing takes longer than a secret lasts.
/// Nobody is kept out by what others do. Of too many addresses the ones longest unheard of are
/// forgotten.
final class Attempts {
  private static final int MOST_ADDRESSES = 10_000;

  /// An IPv6 network of this length is one customer's.
  private static final int IPV6_BYTES = 8;

  private final int most;
  private final Duration window;
  private final Map<String, Count> counts = new Recent();

  private record Count(Instant since, int failed) {}

  /// @param most guesses of one address in a window
  Attempts(int most, Duration window) {
    this.most = most;
    this.window = window;
  }

  /// Takes one guess as failed until [#succeeded] says otherwise, so that many at once gain
  /// nothing.
  ///
  /// @param from an address
  /// @return how long to wait for the next; zero: this one may be looked at
  synchronized Duration begin(String from, Instant now) {
    Count count = current(counts.get(key(from)), now);
    if (count.failed() >= most) {
      return Duration.between(now, count.since().plus(window)).plusSeconds(1);
    }
    counts.put(key(from), new Count(count.since(), count.failed() + 1));
    return Duration.ZERO;
  }

  /// The guess was none.
  synchronized void succeeded(String from) {
    counts.computeIfPresent(
        key(from),
        (_, count) -> count.failed() <= 1 ? null : new Count(count.since(), count.failed() - 1));
  }

  private Count current(@Nullable Count count, Instant now) {
    return count == null || !now.isBefore(count.since().plus(window)) ? new Count(now, 0) : count;
  }

  private static String key(String from) {
    try {
      InetAddress address = InetAddress.ofLiteral(from);
      byte[] bytes = address.getAddress();
      return HexFormat.of()
          .formatHex(address instanceof Inet6Address ? Arrays.copyOf(bytes, IPV6_BYTES) : bytes);
    } catch (IllegalArgumentException _) {
      // A proxy's header may hold anything.
      return from.substring(0, Math.min(64, from.length()));
    }
  }

  private static final class Recent extends LinkedHashMap<String, Count> {
    private static final long serialVersionUID = 1L;

    Recent() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Count> eldest) {
      return size() > MOST_ADDRESSES;
    }
  }
}
