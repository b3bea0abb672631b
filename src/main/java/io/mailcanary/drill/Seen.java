package io.mailcanary.drill;

import java.time.Duration;

/// One line of a drill's time line.
///
/// @param at since all was well
public record Seen(Duration at, What what, String words) {
  /// What kind of thing it is.
  public enum What {
    /// Somebody did something.
    STEP,
    PATH,
    INCIDENT,
    /// Somebody was told.
    NOTIFICATION,
    /// Something came as expected.
    MET,
    /// Something came that never may, or did not come.
    WRONG
  }
}
