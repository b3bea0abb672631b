package io.mailcanary.incident;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
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
import io.mailcanary.path.Expectation;
import io.mailcanary.verdict.AuthenticationPromise;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How one canary stands now.
///
/// @param sentAt from when its deadlines count
/// @param at when this became known
/// @param words what a server said of it, word for word; may be empty
/// @param host who said it; empty when nobody said anything
/// @param latency null until it arrives
public record Outcome(
    String path,
    String leg,
    CanaryId canary,
    Instant sentAt,
    Instant at,
    Result result,
    Cause cause,
    String words,
    String host,
    @Nullable Duration latency) {

  /// Reads a canary against what its path promises.
  ///
  /// @param words what a server said of it last
  /// @param host who said it
  public static Outcome of(
      Canary canary, Expectation expect, String words, String host, Instant now) {
    return new Outcome(
        canary.path(),
        canary.leg(),
        canary.id(),
        canary.start(),
        now,
        against(result(canary, expect), canary, expect),
        canary.cause(),
        words,
        host,
        canary.latency());
  }

  /// How one stood that arrived in the end, while somebody held it up.
  ///
  /// @param words what a server said of it
  /// @param host who said it
  public static Outcome heldUp(Canary canary, Cause cause, String words, String host, Instant at) {
    return new Outcome(
        canary.path(),
        canary.leg(),
        canary.id(),
        canary.start(),
        at,
        cause == Cause.GREYLIST ? Result.GREYLISTED : Result.DEFERRED,
        cause,
        words,
        host,
        null);
  }

  /// The same on what it is judged with.
  ///
  /// @param part a leg, or what [io.mailcanary.path.MailPath#part] makes of it
  public Outcome on(String part) {
    return new Outcome(path, part, canary, sentAt, at, result, cause, words, host, latency);
  }

  Outcome as(Result other) {
    return other == result
        ? this
        : new Outcome(path, leg, canary, sentAt, at, other, cause, words, host, latency);
  }

  private static Result result(Canary canary, Expectation expect) {
    return switch (canary.state()) {
      case Pending _ -> Result.PENDING;
      // One that may never have been sent proves nothing.
      case InTransit(boolean doubtful) -> doubtful ? Result.UNSEEN : Result.PENDING;
      case Deferred _ -> canary.cause() == Cause.GREYLIST ? Result.GREYLISTED : Result.DEFERRED;
      case Overdue _, Lost _ -> Result.MISSING;
      case Delivered _ -> delivered(canary, expect);
      case DeliveredLate _ -> Result.SLOW;
      case Misfiled _ -> Result.MISFILED;
      case Bounced _ -> Result.BOUNCED;
      case Rejected _ -> Result.REJECTED;
      case Unobservable _ -> Result.UNSEEN;
    };
  }

  private static Result delivered(Canary canary, Expectation expect) {
    if (canary.copies() > 1) {
      return Result.DUPLICATED;
    }
    if (canary.altered()) {
      return Result.ALTERED;
    }
    if (AuthenticationPromise.broken(canary.authentication(), expect).isPresent()) {
      return Result.UNAUTHENTICATED;
    }
    Duration latency = canary.latency();
    return latency != null && latency.compareTo(expect.within()) > 0 ? Result.SLOW : Result.GOOD;
  }

  /// A negative canary is good when it is caught as it should be.
  private static Result against(Result result, Canary canary, Expectation expect) {
    return switch (expect.outcome()) {
      case DELIVERED -> result;
      case REJECTED -> isTaken(canary) ? Result.UNCAUGHT : caught(result, Result.REJECTED, canary);
      case BOUNCED -> caught(result, Result.BOUNCED, canary);
      case MISFILED -> caught(result, Result.MISFILED, canary);
    };
  }

  /// Whether a relay took it, whatever became of it then.
  private static boolean isTaken(Canary canary) {
    return switch (canary.state()) {
      case InTransit(boolean doubtful) -> !doubtful;
      case Overdue _, Lost _ -> true;
      case Pending _,
          Deferred _,
          Delivered _,
          DeliveredLate _,
          Misfiled _,
          Bounced _,
          Rejected _,
          Unobservable _ ->
          false;
    };
  }

  private static Result caught(Result result, Result wanted, Canary canary) {
    if (result == wanted) {
      return Result.GOOD;
    }
    return canary.copies() > 0 && result != Result.UNSEEN ? Result.UNCAUGHT : result;
  }
}
