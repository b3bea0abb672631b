package io.mailcanary.verdict;

import io.mailcanary.canary.Canary;
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
import io.mailcanary.canary.Cause;
import io.mailcanary.path.Confirm;
import io.mailcanary.path.Expectation.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/// Whether a first doubt is worth a burst of further canaries, instead of waiting for the next
/// turn.
public sealed interface Confirmation {
  /// Why, as a sentence.
  String reason();

  /// Ask again quickly.
  record Burst(String reason) implements Confirmation {}

  /// Wait for the next turn.
  record Wait(String reason) implements Confirmation {}

  /// Words with which receivers ask for less mail. More would make it worse, and prove nothing.
  Pattern RATE_LIMIT =
      Pattern.compile(
          "(?i)\\b4\\.7\\.28\\b|rate.?limit|too (many|much)|throttl|slow down|exceeded .*(limit|quota)"
              + "|try again .*(slower|later.*volume)");

  /// Decides on what a canary shows.
  ///
  /// @param words what the relay said last
  /// @param promised what should become of it
  /// @param usual the time within which nearly all canaries of the path arrive
  /// @param lastBurst when the path's last burst began
  static Confirmation of(
      Canary canary,
      String words,
      Outcome promised,
      Confirm confirm,
      Duration usual,
      Optional<Instant> lastBurst,
      boolean blind,
      Instant now) {
    Optional<String> doubt = doubt(canary, promised, usual, now);
    if (doubt.isEmpty()) {
      return new Wait("no doubt");
    }
    if (confirm.canaries() == 0) {
      return new Wait("the path asks for no confirmation");
    }
    if (blind) {
      return new Wait("its mailbox cannot be seen");
    }
    if (RATE_LIMIT.matcher(words).find()) {
      return new Wait("the receiver asked for less mail");
    }
    Duration length = confirm.every().multipliedBy(confirm.canaries() + 1L);
    // One burst a trouble: its own canaries meet the same fault, and would start the next.
    Duration pause = length.multipliedBy(4).plusMinutes(5);
    if (lastBurst.filter(began -> began.plus(pause).isAfter(now)).isPresent()) {
      return new Wait("asked already");
    }
    return new Burst(doubt.orElseThrow());
  }

  private static Optional<String> doubt(
      Canary canary, Outcome promised, Duration usual, Instant now) {
    return switch (Fate.of(canary.state(), promised)) {
      case AS_PROMISED, UNSEEN -> Optional.empty();
      case OPEN -> open(canary, usual, now);
      case OTHERWISE -> otherwise(canary.state(), promised);
    };
  }

  private static Optional<String> open(Canary canary, Duration usual, Instant now) {
    return switch (canary.state()) {
      // More would be greylisted as well.
      case Deferred _ ->
          canary.cause() == Cause.GREYLIST
              ? Optional.empty()
              : Optional.of("a canary was deferred");
      case InTransit(boolean doubtful) ->
          !doubtful && !canary.start().plus(usual).isAfter(now)
              ? Optional.of("a canary takes longer than " + Words.of(usual))
              : Optional.empty();
      case Pending _,
          Overdue _,
          Delivered _,
          DeliveredLate _,
          Misfiled _,
          Bounced _,
          Rejected _,
          Lost _,
          Unobservable _ ->
          Optional.empty();
    };
  }

  private static Optional<String> otherwise(CanaryState state, Outcome promised) {
    return switch (state) {
      case Rejected _ -> Optional.of("a canary was rejected");
      case Bounced _ -> Optional.of("a canary bounced");
      case Misfiled _ -> Optional.of("a canary was misfiled");
      case Overdue _ -> Optional.of("a canary did not arrive");
      // One that should have been caught.
      case InTransit _ -> Optional.of("a canary was taken");
      case Delivered _ -> Optional.of("a canary was delivered");
      case DeliveredLate _ ->
          promised == Outcome.DELIVERED ? Optional.empty() : Optional.of("a canary was delivered");
      // A lost one was overdue before.
      case Pending _, Deferred _, Lost _, Unobservable _ -> Optional.empty();
    };
  }
}
