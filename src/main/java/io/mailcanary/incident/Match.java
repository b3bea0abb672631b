package io.mailcanary.incident;

import io.mailcanary.mail.Severity;
import java.util.Map;
import java.util.Optional;

/// What a route or a silence is for. What is left out matches everything.
public record Match(
    Optional<Severity> severity,
    Optional<IncidentKind> kind,
    Optional<String> path,
    Optional<String> group,
    Map<String, String> labels) {
  public static final Match EVERYTHING =
      new Match(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Map.of());

  public Match {
    labels = Map.copyOf(labels);
  }
}
