package io.mailcanary.canary;

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
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How a canary gets from one state to the next.
///
/// ```
/// pending ─► in-transit ─► overdue ─► lost
///    │  ▲        │            │        │
///    ▼  │        ▼            ▼        ▼
/// deferred   delivered   delivered-late (from anywhere: what arrived has arrived)
/// ```
///
/// An arrival outranks everything that was said before, since it is the one proof there is. What we
/// could not see is held against nobody: time in which the mailbox was out of sight does not count
/// towards `overdue`, and a deadline that ends in such a time ends as `unobservable`. Neither is
/// time in which we held a canary back ourselves, for want of a record or because we were not
/// there.
public final class CanaryLifecycle {
  private static final Duration FIRST_GAP = Duration.ofSeconds(5);
  private static final Duration LONGEST_GAP = Duration.ofHours(1);

  /// A retry that is later than this is late by our own doing.
  private static final Duration PROMPT = Duration.ofSeconds(15);

  private CanaryLifecycle() {}

  /// The canary after the event; the same instance where the event changes nothing.
  public static Canary next(Canary canary, CanaryEvent event) {
    return switch (event) {
      case CanaryEvent.Scheduled _ -> canary;
      case CanaryEvent.AttemptStarted(Instant at) -> attemptStarted(canary, at);
      case CanaryEvent.Attempted(Instant at, Evidence evidence, Meaning meaning) ->
          attempted(canary, at, evidence, meaning.cause());
      case CanaryEvent.Sighted(_, Arrival arrival, boolean altered, _, _) ->
          sighted(canary, arrival, altered);
      case CanaryEvent.Bounced(_, Report report) -> bounced(canary, report.meaning().cause());
      case CanaryEvent.DelayReported(_, Report report) -> held(canary, report.meaning().cause());
      case CanaryEvent.ProgressReported _, CanaryEvent.ReachedFarEnd _, CanaryEvent.AnswerSeen _ ->
          taken(canary);
      case CanaryEvent.Answered _ -> canary;
      case CanaryEvent.RefusedByReceiver(_, ReceiverRefusal refusal) ->
          refusedByReceiver(canary, refusal);
      case CanaryEvent.FoundInQueue(_, QueueSighting sighting) ->
          held(canary, sighting.meaning().cause());
      case CanaryEvent.Authenticated told -> canary.authenticated(told.decisive());
      case CanaryEvent.Checked(Instant at, Sight sight) -> checked(canary, at, sight);
      case CanaryEvent.Recovered _ -> recovered(canary);
      case CanaryEvent.ClockStepped(_, Duration by) ->
          canary.state().isSettled() ? canary : canary.shifted(by);
    };
  }

  /// The wait before the next attempt: it doubles from five seconds to an hour, so that canaries
  /// held by a relay that is down for long cost little; what says that it is up again are new ones.
  static Duration gapAfter(int attempts) {
    Duration gap = FIRST_GAP.multipliedBy(1L << Math.clamp(attempts - 1, 0, 20));
    return gap.compareTo(LONGEST_GAP) < 0 ? gap : LONGEST_GAP;
  }

  private static Canary attemptStarted(Canary canary, Instant at) {
    return switch (canary.state()) {
      case Pending state -> canary.attempted(at, state);
      case Deferred(Instant next, _) ->
          next == null ? canary : inTurn(canary, next, at).attempted(at, new Deferred(next, true));
      case InTransit _,
          Overdue _,
          Delivered _,
          DeliveredLate _,
          Misfiled _,
          Bounced _,
          Rejected _,
          Lost _,
          Unobservable _ ->
          canary;
    };
  }

  private static Canary inTurn(Canary canary, Instant due, Instant at) {
    return isHeldBack(due, at) ? canary.shifted(Duration.between(due, at)) : canary;
  }

  private static boolean isHeldBack(Instant due, Instant now) {
    return due.plus(PROMPT).isBefore(now);
  }

  private static Canary attempted(Canary canary, Instant at, Evidence evidence, Cause cause) {
    return switch (canary.state()) {
      case Pending _, Deferred _ -> handedOver(canary, at, evidence, cause);
      // It can be seen in the mailbox before the relay's answer has reached us.
      case InTransit _,
          Overdue _,
          Delivered _,
          DeliveredLate _,
          Misfiled _,
          Bounced _,
          Rejected _,
          Lost _,
          Unobservable _ ->
          Handover.of(evidence) == Handover.ACCEPTED && canary.sentAt() == null
              ? canary.sent(at, canary.state(), canary.cause())
              : canary;
    };
  }

  private static Canary handedOver(Canary canary, Instant at, Evidence evidence, Cause cause) {
    return switch (Handover.of(evidence)) {
      case ACCEPTED -> canary.sent(at, new InTransit(false), Cause.NONE);
      case IN_DOUBT -> canary.inState(new InTransit(true), cause);
      case REFUSED -> canary.inState(new Rejected(), cause);
      case DEFERRED -> {
        Instant again = at.plus(gapAfter(canary.attempts()));
        yield again.isBefore(canary.lostAt())
            ? canary.inState(new Deferred(again, false), cause)
            : canary.inState(new Deferred(canary.lostAt(), false), cause);
      }
    };
  }

  /// A report is the second best proof; what has arrived has arrived whatever it says.
  private static Canary bounced(Canary canary, Cause cause) {
    return switch (canary.state()) {
      case Pending _, Deferred _, InTransit _, Overdue _, Lost _, Unobservable _ ->
          canary.inState(new Bounced(), cause);
      case Delivered _, DeliveredLate _, Misfiled _, Bounced _, Rejected _ -> canary;
    };
  }

  /// Somebody on the way has it, does not get rid of it, and goes on trying.
  private static Canary held(Canary canary, Cause cause) {
    return switch (canary.state()) {
      case Pending _, InTransit _, Overdue _ -> canary.inState(Deferred.ON_THE_WAY, cause);
      // While we try it ourselves, ours is the nearer trouble.
      case Deferred(Instant next, _) ->
          next == null ? canary.inState(Deferred.ON_THE_WAY, cause) : canary;
      case Delivered _,
          DeliveredLate _,
          Misfiled _,
          Bounced _,
          Rejected _,
          Lost _,
          Unobservable _ ->
          canary;
    };
  }

  /// For now: whoever tried has it still. For good: a bounce will tell, or should.
  private static Canary refusedByReceiver(Canary canary, ReceiverRefusal refusal) {
    return refusal.answer().isTransient() ? held(canary, refusal.meaning().cause()) : taken(canary);
  }

  /// Somebody on the way had it, so that the relay has taken it.
  private static Canary taken(Canary canary) {
    return canary.isDoubtful() ? canary.inState(new InTransit(false), Cause.NONE) : canary;
  }

  private static Canary sighted(Canary canary, Arrival arrival, boolean altered) {
    if (canary.copies() == 0) {
      return canary.arrived(arrival, latency(canary, arrival), altered, arrivedIn(canary, arrival));
    }
    return arrival.isSameMessage(canary.arrival()) ? canary : canary.copied();
  }

  private static CanaryState arrivedIn(Canary canary, Arrival arrival) {
    if (!arrival.folder().equalsIgnoreCase(canary.promise().folder())
        || !arrival.mailbox().equals(canary.promise().mailbox())) {
      return new Misfiled();
    }
    boolean late = arrival.at().isAfter(canary.overdueAt(arrival.resolution()));
    return late && canary.measurable() ? new DeliveredLate() : new Delivered();
  }

  private static @Nullable Duration latency(Canary canary, Arrival arrival) {
    if (!canary.measurable()) {
      return null;
    }
    // A server's clock may be behind ours, and tells whole seconds at best: nothing arrives before
    // it was sent.
    Duration took = Duration.between(canary.start(), arrival.at());
    return took.isNegative() ? Duration.ZERO : took;
  }

  private static Canary checked(Canary canary, Instant now, Sight sight) {
    return switch (canary.state()) {
      case Deferred(Instant next, boolean attempting) -> {
        if (attempting) {
          yield canary;
        }
        yield next == null ? expired(canary, sight, now) : expiredWithUs(canary, next, now);
      }
      case InTransit(boolean doubtful) -> unseen(canary, doubtful, now, sight);
      case Overdue _ -> unseen(canary, false, now, sight);
      case Pending _,
          Delivered _,
          DeliveredLate _,
          Misfiled _,
          Bounced _,
          Rejected _,
          Lost _,
          Unobservable _ ->
          canary;
    };
  }

  /// It is not the path's doing that it was not tried again while there was time.
  private static Canary expiredWithUs(Canary canary, Instant due, Instant now) {
    boolean heldBack = isHeldBack(due, canary.lostAt());
    return heldBack && !now.isBefore(canary.lostAt())
        ? canary.inState(new Unobservable())
        : expired(canary, Sight.CLEAR, now);
  }

  /// Held until it was given up. One that was held on the way may be there by now.
  private static Canary expired(Canary canary, Sight sight, Instant now) {
    if (now.isBefore(canary.lostAt())) {
      return canary;
    }
    if (sight.blind()) {
      return canary.inState(new Unobservable());
    }
    return now.isBefore(canary.lostAt().plus(sight.blindFor()))
        ? canary
        : canary.inState(new Lost(), Cause.EXPIRED);
  }

  private static Canary unseen(Canary canary, boolean doubtful, Instant now, Sight sight) {
    if (doubtful) {
      return now.isBefore(canary.overdueAt(sight.blindFor()))
          ? canary
          : canary.inState(new Unobservable());
    }
    if (sight.blind()) {
      return now.isBefore(canary.lostAt()) ? canary : canary.inState(new Unobservable());
    }
    // Both deadlines move by the time in which arrivals could not be seen.
    if (!now.isBefore(canary.lostAt().plus(sight.blindFor()))) {
      return canary.inState(new Lost(), Cause.UNKNOWN);
    }
    if (!now.isBefore(canary.overdueAt(sight.blindFor()))) {
      return canary.state() instanceof Overdue ? canary : canary.inState(new Overdue());
    }
    return canary;
  }

  private static Canary recovered(Canary canary) {
    return switch (canary.state()) {
      // Whatever was on record when we stopped may have been handed over since.
      case Pending _ -> canary.inState(new InTransit(true));
      case Deferred(_, boolean attempting) ->
          attempting ? canary.inState(new InTransit(true)) : canary;
      case InTransit _,
          Overdue _,
          Delivered _,
          DeliveredLate _,
          Misfiled _,
          Bounced _,
          Rejected _,
          Lost _,
          Unobservable _ ->
          canary;
    };
  }
}
