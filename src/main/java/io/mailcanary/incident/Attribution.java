package io.mailcanary.incident;

import java.util.List;
import java.util.Locale;

/// Whose fault it is, and what says so.
///
/// @param component the last hop proven to have held the message, or the record by name and type;
///   empty when nothing points anywhere
/// @param proof a sentence each; empty only when nothing is known
public record Attribution(Side side, String component, Confidence confidence, List<String> proof) {
  public static final Attribution UNKNOWN =
      new Attribution(Side.UNKNOWN, "", Confidence.UNKNOWN, List.of());

  public Attribution {
    proof = List.copyOf(proof);
  }

  /// `our side: MX of notify.corp.test`.
  String whose() {
    String whose =
        switch (side) {
          case OURS -> "our side";
          case THEIRS -> "their side";
          case THIRD -> "a third party";
          case OBSERVER -> "the observer itself";
          case UNKNOWN -> "nobody so far";
        };
    return component.isEmpty() ? whose : whose + ": " + component;
  }

  public enum Side {
    OURS,
    THEIRS,
    /// A party that both depend on.
    THIRD,
    /// We ourselves, as those who look.
    OBSERVER,
    UNKNOWN;

    /// As it stands in JSON.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public enum Confidence {
    PROVEN,
    LIKELY,
    UNKNOWN;

    /// As it stands in JSON.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
