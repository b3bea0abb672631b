package io.mailcanary.path;

import java.time.Duration;

/// When canaries of a path are due.
public sealed interface Cadence {
  /// How many canaries that makes in a minute; of a cron expression that is not known beforehand.
  double aMinute();

  /// One every `period`, its place within the period given by the path's name.
  record Every(Duration period) implements Cadence {
    public Every {
      if (!period.isPositive()) {
        throw new IllegalArgumentException("a period is positive, not " + period);
      }
    }

    @Override
    public double aMinute() {
      return 60_000.0 / Math.max(1, period.toMillis());
    }
  }

  /// At the times of a Quartz cron expression, in UTC.
  record Cron(String expression) implements Cadence {
    @Override
    public double aMinute() {
      return 0;
    }
  }
}
