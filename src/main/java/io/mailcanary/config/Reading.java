package io.mailcanary.config;

import io.mailcanary.runtime.Plan;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// What a folder of probe files holds: a plan, or all that is wrong with it.
public sealed interface Reading {
  /// All that was looked at: the folder, probe files, files of secrets, certificates and templates.
  default Set<Path> files() {
    return snapshot().files();
  }

  /// What stood in them.
  Snapshot snapshot();

  /// A folder without fault.
  record Valid(Plan plan, Snapshot snapshot) implements Reading {}

  /// A folder that is refused whole.
  ///
  /// @param problems at least one, in the order of their places
  record Invalid(List<Problem> problems, Snapshot snapshot) implements Reading {
    public Invalid {
      problems = List.copyOf(problems);
    }
  }
}
