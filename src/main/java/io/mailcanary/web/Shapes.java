package io.mailcanary.web;

import io.mailcanary.store.CanaryMark;
import java.time.Instant;
import java.util.Locale;

/// Healths and states fall into few kinds, each with a shape and a colour of its own.
enum Shapes {
  /// As promised.
  OK,
  /// On its way, no result yet, paused.
  PENDING,
  /// Arrived, but not as promised.
  DEGRADED,
  /// Refused for now, or was for a while.
  DEFERRING,
  /// Should be there, and nobody has seen it.
  MISSING,
  /// We could not see.
  BLIND,
  /// Refused for good, returned, lost.
  FAILING;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The shape for a health's or a state's word.
  static String of(String word) {
    return switch (word) {
      case "ok", "delivered", "on", "accept", "sent", "resolved" -> "ok";
      case "degraded", "misfiled", "warn", "acknowledged" -> "degraded";
      case "deferring", "deferred", "delivered-late", "temporary" -> "deferring";
      case "overdue", "missing" -> "missing";
      case "failing", "bounced", "rejected", "lost", "reject", "page", "failed", "opened" ->
          "failing";
      case "blind", "unobservable" -> "blind";
      case "paused" -> "paused";
      default -> "pending";
    };
  }

  /// @param expected the state that its path promises
  static Shapes of(CanaryMark mark, String expected) {
    if (mark.state().equals(expected)) {
      return mark.attempts() > 1
          ? DEFERRING
          : isSlow(mark) || mark.altered() || mark.copies() > 1 ? DEGRADED : OK;
    }
    return switch (mark.state()) {
      case "deferred", "delivered-late" -> DEFERRING;
      case "overdue" -> MISSING;
      case "delivered", "misfiled" -> DEGRADED;
      case "bounced", "rejected", "lost" -> FAILING;
      case "unobservable" -> BLIND;
      default -> PENDING;
    };
  }

  /// What is on its way for longer than was promised is missing as yet.
  static Shapes of(CanaryMark mark, String expected, Instant now) {
    Shapes shape = of(mark, expected);
    return shape == PENDING
            && mark.latency() == null
            && mark.start().plus(mark.within()).isBefore(now)
        ? MISSING
        : shape;
  }

  private static boolean isSlow(CanaryMark mark) {
    return mark.latency() != null && mark.latency().compareTo(mark.within()) > 0;
  }
}
