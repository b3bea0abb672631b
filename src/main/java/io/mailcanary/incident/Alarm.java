package io.mailcanary.incident;

import io.mailcanary.canary.Cause;
import io.mailcanary.mail.Severity;
import org.jspecify.annotations.Nullable;

/// Why one leg is thought to be in trouble.
///
/// @param words of the newest refusal, word for word
/// @param host who said them
/// @param onset when the first canary that shows it was sent
/// @param accused what the refusals themselves point at
/// @param reason which rule says so, a sentence
record Alarm(
    IncidentKind kind,
    Severity severity,
    Cause cause,
    String words,
    String host,
    long onset,
    Trigger trigger,
    @Nullable TraitNode accused,
    String reason) {

  enum Trigger {
    /// So many of the newest.
    NEWEST,
    /// A share of the path's.
    SHARE,
    /// A share of the group's.
    GROUP,
    DRIFT,
    /// Taken over from before a restart.
    RESTORED
  }

  /// Of its own from then on.
  Alarm anew(long since, String why) {
    return new Alarm(kind, severity, cause, words, host, since, Trigger.NEWEST, accused, why);
  }

  /// With what a newer canary tells more exactly.
  Alarm explained(Outcome outcome, IncidentKind what, @Nullable TraitNode points) {
    return new Alarm(
        what,
        severity,
        outcome.cause(),
        outcome.words(),
        outcome.host(),
        onset,
        trigger,
        points,
        reason);
  }

  /// Whether some fail and others pass.
  boolean isOfShare() {
    return switch (trigger) {
      case SHARE, GROUP -> true;
      case NEWEST, DRIFT, RESTORED -> false;
    };
  }

  /// Whether two of them can have one cause, as far as their words go.
  boolean mayShareCauseWith(Alarm other) {
    if (isSpecific() && other.isSpecific()) {
      return cause == other.cause;
    }
    return isSilent() == other.isSilent();
  }

  /// Whether it says more than that something is wrong.
  boolean isSpecific() {
    return cause != Cause.NONE && cause != Cause.UNKNOWN && cause != Cause.EXPIRED;
  }

  /// Whether nobody said anything: canaries came late or not at all.
  boolean isSilent() {
    return words.isEmpty() && !isSpecific();
  }
}
