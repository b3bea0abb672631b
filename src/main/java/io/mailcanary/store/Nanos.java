package io.mailcanary.store;

import java.time.Duration;
import java.time.Instant;

/// Instants and durations as they stand in the database. What does not fit, some 292 years from
/// 1970, becomes the nearest that does: a server's clock may say anything.
public final class Nanos {
  private static final long A_SECOND = 1_000_000_000L;

  private Nanos() {}

  public static long of(Instant at) {
    return of(at.getEpochSecond(), at.getNano());
  }

  public static long of(Duration duration) {
    return of(duration.getSeconds(), duration.getNano());
  }

  public static Instant instant(long nanos) {
    return Instant.ofEpochSecond(Math.floorDiv(nanos, A_SECOND), Math.floorMod(nanos, A_SECOND));
  }

  public static Duration duration(long nanos) {
    return Duration.ofNanos(nanos);
  }

  private static long of(long seconds, int nanos) {
    if (seconds > Long.MAX_VALUE / A_SECOND - 1) {
      return Long.MAX_VALUE;
    }
    if (seconds < Long.MIN_VALUE / A_SECOND + 1) {
      return Long.MIN_VALUE;
    }
    return seconds * A_SECOND + nanos;
  }
}
