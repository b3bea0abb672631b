package io.mailcanary.canary;

import java.time.Duration;

/// How well we could see during a stretch of time.
///
/// @param blind whether we cannot see now
/// @param blindFor for how long we could not, in all
/// @param reason why, as a sentence; empty when we could see all the time
public record Sight(boolean blind, Duration blindFor, String reason) {
  /// Could see all the time.
  public static final Sight CLEAR = new Sight(false, Duration.ZERO, "");
}
