package io.mailcanary.incident;

import java.util.Locale;

/// What an incident is about, in the words of those who are told.
public enum IncidentKind {
  DEFERRING,
  BOUNCING,
  LOSING,
  SLOW,
  MISFILED,
  DUPLICATED,
  DNS,
  TLS,
  AUTHENTICATION,
  QUEUE,
  /// We cannot see.
  BLIND,
  /// We do not send.
  SILENT;

  private final String word = name().toLowerCase(Locale.ROOT);

  /// As it stands in JSON and in routes.
  public String word() {
    return word;
  }

  /// Reads [#word()] back.
  ///
  /// @throws IllegalArgumentException when there is no such kind
  public static IncidentKind of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
