package io.mailcanary.verdict;

import java.util.Locale;

/// How long a refusal lasts, whatever its code says.
public enum Persistence {
  /// Trying again helps.
  TRANSIENT,
  /// Trying again does not help.
  PERMANENT,
  /// The code says otherwise than the facts: what is called temporary does not heal by itself, or
  /// what is called final says that the receiver is ill.
  MISLEADING;

  /// As it stands in JSON.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
