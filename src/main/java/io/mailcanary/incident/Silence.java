package io.mailcanary.incident;

import java.time.Instant;

/// A time in which nobody is told of what matches; incidents are kept on record all the same.
///
/// @param id names it in the API; silences of the probe files have one that follows from their text
/// @param to not included
/// @param why shown wherever the silence shows
/// @param by who asked for it; `probe files` for those that stand there
public record Silence(String id, Match match, Instant from, Instant to, String why, String by) {
  /// Whether it holds now.
  public boolean isActive(Instant now) {
    return !now.isBefore(from) && now.isBefore(to);
  }
}
