package io.mailcanary.path;

import java.time.Duration;

/// What a path promises.
///
/// @param within slower is degraded
/// @param overdueAfter without proof of arrival until then a canary is overdue
/// @param lostAfter without a trace until then it is lost
/// @param folder where it should arrive
/// @param outcome what should become of it
public record Expectation(
    Duration within, Duration overdueAfter, Duration lostAfter, String folder, Outcome outcome) {

  public enum Outcome {
    DELIVERED,
    REJECTED,
    BOUNCED,
    MISFILED
  }
}
