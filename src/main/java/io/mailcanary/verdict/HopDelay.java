package io.mailcanary.verdict;

import java.time.Duration;

/// How long a canary took between two places on its way.
///
/// @param from who had it; our own probe first
/// @param to who took it; the mailbox last
/// @param measured the difference of the two clocks, negative where they disagree
/// @param excess how much longer than at best it took: skew and plain transit are taken off
public record HopDelay(String from, String to, Duration measured, Duration excess) {
  /// As it stands for our own side.
  public static final String PROBE = "probe";

  /// As it stands for the mailbox.
  public static final String MAILBOX = "mailbox";
}
