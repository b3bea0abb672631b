package io.mailcanary.runtime;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Wall time that runs on the monotonic clock, so that a step of the system's clock neither moves
/// deadlines nor spoils latencies. [#check], called each second, keeps it near the system's clock:
/// small differences are made up for by running up to 1 % faster or slower, so that time never goes
/// back; a larger one is a step, which is taken over at once and told, for what was measured across
/// it is void.
public final class SteadyClock implements InstantSource {
  /// From here on a difference is a step.
  static final Duration STEP = Duration.ofMillis(250);

  /// At most so much is made up for in the second after a check.
  static final Duration FASTEST = Duration.ofMillis(10);

  private static final long SECOND = 1_000_000_000L;

  /// Readings of the two clocks this far apart say nothing about their difference: we were
  /// suspended between them.
  private static final long TORN = 10_000_000L;

  private final InstantSource system;
  private final LongSupplier nanos;
  private volatile Anchor anchor;

  /// @param slew what is added evenly over the second after `nanos`
  private record Anchor(Instant wall, long nanos, long slew) {
    Instant at(long now) {
      long elapsed = now - nanos;
      long part = Math.clamp(elapsed, 0, SECOND);
      return wall.plusNanos(elapsed + slew * part / SECOND);
    }
  }

  public SteadyClock() {
    this(InstantSource.system(), System::nanoTime);
  }

  public SteadyClock(InstantSource system, LongSupplier nanos) {
    this.system = system;
    this.nanos = nanos;
    this.anchor = new Anchor(system.instant(), nanos.getAsLong(), 0);
  }

  @Override
  public Instant instant() {
    // The anchor is read first: one that is newer than the reading would be asked for its past.
    Anchor current = anchor;
    return current.at(nanos.getAsLong());
  }

  /// Compares with the system's clock.
  ///
  /// @return the step that it made; positive: forward
  public synchronized Optional<Duration> check() {
    long before = nanos.getAsLong();
    Instant wall = system.instant();
    long now = nanos.getAsLong();
    if (now - before > TORN) {
      return Optional.empty();
    }
    Instant ours = anchor.at(now);
    Duration difference = Duration.between(ours, wall);
    if (difference.abs().compareTo(STEP) >= 0) {
      anchor = new Anchor(wall, now, 0);
      return Optional.of(difference);
    }
    long slew = Math.clamp(difference.toNanos(), -FASTEST.toNanos(), FASTEST.toNanos());
    anchor = new Anchor(ours, now, slew);
    return Optional.empty();
  }
}
