package io.mailcanary.canary;

/// What stands behind an answer, as it was judged when it came.
///
/// @param persistence how long it lasts: `transient`, `permanent` or `misleading`; empty where
///   nobody refused anything
/// @param why a sentence; may be empty
public record Meaning(Cause cause, String persistence, String why) {
  /// Nothing was refused.
  public static final Meaning NONE = new Meaning(Cause.NONE, "", "");

  /// What the cause alone says.
  public static Meaning of(Cause cause) {
    return new Meaning(cause, "", "");
  }

  /// Whether the code says otherwise than the facts.
  public boolean isMisleading() {
    return persistence.equals("misleading");
  }
}
