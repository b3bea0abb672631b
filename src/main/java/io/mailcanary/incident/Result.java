package io.mailcanary.incident;

import java.util.Optional;

/// What became of a canary, as far as alarms are concerned.
public enum Result {
  /// On its way, in good time.
  PENDING,
  /// Refused for now by greylisting: normal for a while.
  GREYLISTED,
  GOOD,
  /// Arrived later than promised.
  SLOW,
  MISFILED,
  DUPLICATED,
  /// Arrived with other content.
  ALTERED,
  /// Arrived without the authentication that was promised.
  UNAUTHENTICATED,
  DEFERRED,
  /// No trace of it in time.
  MISSING,
  REJECTED,
  BOUNCED,
  /// What should have been caught was let through.
  UNCAUGHT,
  /// We could not see.
  UNSEEN;

  /// Whether it says anything.
  boolean isKnown() {
    return this != PENDING && this != GREYLISTED && this != UNSEEN;
  }

  /// Whether its recipient did not get it, or not in time, or not where it is read.
  boolean isBad() {
    return switch (this) {
      case SLOW, MISFILED, DEFERRED, MISSING, REJECTED, BOUNCED, UNCAUGHT -> true;
      case PENDING, GREYLISTED, GOOD, DUPLICATED, ALTERED, UNAUTHENTICATED, UNSEEN -> false;
    };
  }

  /// Whether it arrived at all.
  boolean isArrival() {
    return switch (this) {
      case GOOD, SLOW, MISFILED, DUPLICATED, ALTERED, UNAUTHENTICATED, UNCAUGHT -> true;
      case PENDING, GREYLISTED, DEFERRED, MISSING, REJECTED, BOUNCED, UNSEEN -> false;
    };
  }

  /// Whether it says that something is not as promised.
  boolean isShort() {
    return isKnown() && this != GOOD;
  }

  /// What an incident of it is about.
  Optional<IncidentKind> kind() {
    return switch (this) {
      case PENDING, GREYLISTED, GOOD, UNSEEN -> Optional.empty();
      case SLOW -> Optional.of(IncidentKind.SLOW);
      case MISFILED, UNCAUGHT -> Optional.of(IncidentKind.MISFILED);
      case DUPLICATED -> Optional.of(IncidentKind.DUPLICATED);
      case ALTERED, UNAUTHENTICATED -> Optional.of(IncidentKind.AUTHENTICATION);
      case DEFERRED -> Optional.of(IncidentKind.DEFERRING);
      case MISSING -> Optional.of(IncidentKind.LOSING);
      case REJECTED, BOUNCED -> Optional.of(IncidentKind.BOUNCING);
    };
  }
}
