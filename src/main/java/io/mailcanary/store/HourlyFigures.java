package io.mailcanary.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One path in one hour.
///
/// @param hour its beginning, in UTC
/// @param states how many canaries ended in which state, by the state's word
/// @param p50 of the latency, those that never arrived counted as slower than all; null when it
///   falls among these
public record HourlyFigures(
    String path,
    String site,
    String leg,
    Instant hour,
    Map<String, Long> states,
    @Nullable Duration p50,
    @Nullable Duration p90,
    @Nullable Duration p99) {
  public HourlyFigures {
    states = Map.copyOf(states);
  }
}
