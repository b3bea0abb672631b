package io.mailcanary.runtime;

import java.time.Instant;
import java.util.List;

/// Which probe files are in force.
///
/// @param loadedAt when those that are in force were read
/// @param problems what is wrong with a newer set that was refused; empty when there is none
public record ConfigurationView(Instant loadedAt, List<String> problems) {
  public ConfigurationView {
    problems = List.copyOf(problems);
  }

  public boolean ok() {
    return problems.isEmpty();
  }
}
