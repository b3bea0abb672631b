package io.mailcanary.store;

import io.mailcanary.incident.Incident;
import io.mailcanary.incident.Notification;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A decision about an incident, to be put on record together with what is to be told of it.
///
/// @param before the incident as it was known when this was decided; null: there was none
/// @param incident as it is from now on
/// @param kind what was decided, in a word: `opened`, `updated`, `acknowledged`, `resolved` …
/// @param reason why, as a sentence
public record IncidentEntry(
    @Nullable Incident before,
    Incident incident,
    Instant at,
    String kind,
    String reason,
    Optional<Telling> telling) {

  /// A notification and whom it is for. An acknowledgement and a resolution also reach each channel
  /// that was told of the incident before, muted or not: who was woken hears that it is over.
  ///
  /// @param mutedBy why nobody is told, as a sentence; empty: they are
  public record Telling(Notification notification, List<Turn> turns, Optional<String> mutedBy) {
    public Telling {
      turns = List.copyOf(turns);
    }
  }

  /// Channels by name, as one route has them.
  ///
  /// @param to those that are told
  /// @param then those that are told when every one in `to` failed
  public record Turn(List<String> to, List<String> then) {
    public Turn {
      to = List.copyOf(to);
      then = List.copyOf(then);
    }
  }
}
