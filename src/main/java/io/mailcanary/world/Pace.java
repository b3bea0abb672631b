package io.mailcanary.world;

import java.time.Duration;

/// How fast this world's servers lose patience. What takes real ones minutes and days takes these
/// seconds and minutes, so that one can look on.
///
/// @param firstGap between the first two attempts; the gap doubles each time
/// @param longestGap between two attempts
/// @param warnsAfter when a sender is told that mail is late
/// @param givesUpAfter when it goes back
public record Pace(
    Duration firstGap, Duration longestGap, Duration warnsAfter, Duration givesUpAfter) {
  public static final Pace FOR_LOOKING_ON =
      new Pace(
          Duration.ofSeconds(1),
          Duration.ofSeconds(8),
          Duration.ofSeconds(6),
          Duration.ofMinutes(30));
}
