package io.mailcanary.incident;

import java.util.Locale;

/// Where an incident stands.
public enum IncidentState {
  OPEN,
  /// Somebody is at it: no more reminders.
  ACKNOWLEDGED,
  RESOLVED;

  private final String word = name().toLowerCase(Locale.ROOT);

  /// As it stands in JSON and in the store.
  public String word() {
    return word;
  }

  /// Reads [#word()] back.
  ///
  /// @throws IllegalArgumentException when there is no such state
  public static IncidentState of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
