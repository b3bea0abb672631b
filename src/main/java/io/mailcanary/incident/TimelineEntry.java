package io.mailcanary.incident;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/// One step in the life of an incident.
///
/// @param text a sentence
/// @param evidence word for word, a line each; may be empty
public record TimelineEntry(Instant at, Kind kind, String text, List<String> evidence) {
  public TimelineEntry {
    evidence = List.copyOf(evidence);
  }

  public enum Kind {
    OPENED,
    /// More paths, another cause, a new share.
    EVIDENCE,
    /// What was told before does not hold any more.
    CORRECTED,
    ACKNOWLEDGED,
    /// It went and came again.
    FLAPPING,
    RECOVERING,
    RESOLVED,
    SILENCED;

    /// As it stands in JSON.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
