package io.mailcanary.verdict;

import io.mailcanary.canary.CanaryState;
import io.mailcanary.canary.CanaryState.Bounced;
import io.mailcanary.canary.CanaryState.Deferred;
import io.mailcanary.canary.CanaryState.Delivered;
import io.mailcanary.canary.CanaryState.DeliveredLate;
import io.mailcanary.canary.CanaryState.InTransit;
import io.mailcanary.canary.CanaryState.Lost;
import io.mailcanary.canary.CanaryState.Misfiled;
import io.mailcanary.canary.CanaryState.Overdue;
import io.mailcanary.canary.CanaryState.Pending;
import io.mailcanary.canary.CanaryState.Rejected;
import io.mailcanary.canary.CanaryState.Unobservable;
import io.mailcanary.path.Expectation.Outcome;

/// Whether a canary fared as its path promises. A negative canary is one that should be caught:
/// that it arrives is the failure.
public enum Fate {
  /// Nothing is decided.
  OPEN,
  AS_PROMISED,
  OTHERWISE,
  /// We could not see it.
  UNSEEN;

  public static Fate of(CanaryState state, Outcome promised) {
    return switch (state) {
      case Pending _, Deferred _ -> OPEN;
      // Once a relay has taken it, it was not rejected.
      case InTransit(boolean doubtful) ->
          promised == Outcome.REJECTED && !doubtful ? OTHERWISE : OPEN;
      case Overdue _, Lost _, DeliveredLate _ -> OTHERWISE;
      case Delivered _ -> when(promised == Outcome.DELIVERED);
      case Misfiled _ -> when(promised == Outcome.MISFILED);
      case Bounced _ -> when(promised == Outcome.BOUNCED);
      case Rejected _ -> when(promised == Outcome.REJECTED);
      case Unobservable _ -> UNSEEN;
    };
  }

  private static Fate when(boolean asPromised) {
    return asPromised ? AS_PROMISED : OTHERWISE;
  }
}
