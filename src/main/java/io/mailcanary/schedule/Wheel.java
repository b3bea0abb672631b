package io.mailcanary.schedule;

import java.time.Instant;
import java.util.List;

/// Whom the clock tells that paths are due.
@FunctionalInterface
public interface Wheel {
  /// These paths are due. Returns as soon as their canaries are on record; sending goes on by
  /// itself.
  ///
  /// @param paths their names; those of one slot come together
  /// @param slot the instant at which they were due
  void due(List<String> paths, Instant slot);
}
