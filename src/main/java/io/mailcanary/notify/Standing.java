package io.mailcanary.notify;

import java.time.Duration;

/// How a channel that forgets is kept up to date.
///
/// @param every how often the last word is said again; zero: never
/// @param afterResolved for how long that goes on once the incident is resolved
public record Standing(Duration every, Duration afterResolved) {
  public static final Standing NONE = new Standing(Duration.ZERO, Duration.ZERO);

  public boolean isWanted() {
    return every.isPositive();
  }
}
