package io.mailcanary.verdict;

import io.mailcanary.canary.CanaryState;
import io.mailcanary.canary.Cause;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// Whether the newest canaries of a path were all deferred and will go on being so.
final class Blocked {
  private Blocked() {}

  /// @param marks oldest first
  /// @return a sentence with the words that they were deferred with
  static Optional<String> by(List<Mark> marks, Instant now) {
    Deque<Standstill.Refusal> refusals = new ArrayDeque<>();
    for (Mark mark : marks.reversed()) {
      if (saysNothing(mark)) {
        continue;
      }
      if (!(mark.state() instanceof CanaryState.Deferred)
          || mark.cause() == Cause.GREYLIST
          || mark.words().isEmpty()) {
        break;
      }
      refusals.addFirst(
          new Standstill.Refusal(refusals.isEmpty() ? now : mark.start(), mark.words()));
    }
    return Standstill.of(List.copyOf(refusals))
        .map(sentence -> sentence + ": " + refusals.getLast().words());
  }

  private static boolean saysNothing(Mark mark) {
    return switch (mark.state()) {
      case CanaryState.Pending _, CanaryState.InTransit _, CanaryState.Unobservable _ -> true;
      case CanaryState.Deferred _,
          CanaryState.Overdue _,
          CanaryState.Delivered _,
          CanaryState.DeliveredLate _,
          CanaryState.Misfiled _,
          CanaryState.Bounced _,
          CanaryState.Rejected _,
          CanaryState.Lost _ ->
          false;
    };
  }
}
