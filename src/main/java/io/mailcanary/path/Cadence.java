package io.mailcanary.path;

import java.time.Duration;

/// When canaries of a path are due.
public sealed interface Cadence {
  /// One every `period`, its place within the period given by the path's name.
  record Every(Duration period) implements Cadence {
    public Every {
      if (!period.isPositive()) {
        throw new IllegalArgumentException("a period is positive, not " + period);
      }
    }
  }

  /// At the times of a Quartz cron expression, in UTC.
  record Cron(String expression) implements Cadence {}
}
