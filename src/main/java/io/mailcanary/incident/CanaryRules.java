package io.mailcanary.incident;

import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.Cause;
import io.mailcanary.mail.Severity;
import io.mailcanary.path.Cadence;
import io.mailcanary.path.MailPath;
import java.time.Duration;
import java.time.Instant;

/// What becomes of canaries, and which of it counts against their paths.
final class CanaryRules {
  private final RuleSettings settings;
  private final Watched watched;
  private final Sight sight;
  private final AlarmRules alarms;
  private final Recovery recovery;
  private final Latecomers latecomers;
  private final Due due;

  CanaryRules(
      RuleSettings settings,
      Watched watched,
      Sight sight,
      AlarmRules alarms,
      Recovery recovery,
      Latecomers latecomers,
      Due due) {
    this.settings = settings;
    this.watched = watched;
    this.sight = sight;
    this.alarms = alarms;
    this.recovery = recovery;
    this.latecomers = latecomers;
    this.due = due;
  }

  /// A canary stands so.
  void note(Outcome outcome) {
    Unit unit = watched.unit(outcome.path(), outcome.leg());
    if (unit == null) {
      return;
    }
    Recent recent = unit.recent;
    long sentAt = outcome.sentAt().toEpochMilli();
    long place = recent.find(outcome.canary());
    if (place < 0) {
      if (sentAt < recent.newest()) {
        // Nobody counts with it any more, but somebody may have been told that it was missing.
        if (outcome.result() == Result.SLOW) {
          latecomers.came(outcome);
        }
        return;
      }
      recent.push(outcome.canary(), sentAt, !isTurn(unit, sentAt));
      place = recent.find(outcome.canary());
      sent(unit, sentAt);
    }
    Result before = recent.result(place);
    Result after = patiently(unit, outcome, before);
    // A canary that was refused and is on its way again was refused all the same.
    boolean back = after == Result.PENDING && before == Result.GREYLISTED;
    if (before == after || back || (before.isKnown() && !after.isKnown())) {
      return;
    }
    recent.set(place, after);
    if (after == Result.GREYLISTED) {
      due.wakeAt(sentAt + settings.greylisting().toMillis());
    }
    if (after.isKnown()) {
      judge(unit, outcome.as(after), before, place);
    }
  }

  /// What greylisting holds up for a while fares well, and so may what is the first of its kind.
  private Result patiently(Unit unit, Outcome outcome, Result before) {
    Result after = outcome.result();
    Duration age = Duration.between(outcome.sentAt(), outcome.at());
    boolean early = age.compareTo(settings.greylisting()) <= 0;
    if (before == Result.GREYLISTED && after == Result.SLOW && early) {
      return Result.GOOD;
    }
    // Told twice: what arrived and fared well is not late afterwards.
    if (before == Result.GOOD && after == Result.SLOW) {
      return before;
    }
    if (after == Result.MISSING && early && (before == Result.GREYLISTED || !unit.isKnownThere())) {
      due.wakeAt(outcome.sentAt().plus(settings.greylisting()).toEpochMilli() + 1);
      return before;
    }
    return after;
  }

  /// Whether it is the path's turn: what comes much sooner after the turn before was sent because
  /// of a doubt, or by hand.
  private static boolean isTurn(Unit unit, long sentAt) {
    return unit.lastTurn == Long.MIN_VALUE
        || sentAt - unit.lastTurn >= period(unit.leg.path()) * 3 / 4;
  }

  private static long period(MailPath path) {
    return switch (path.cadence()) {
      case Cadence.Every(Duration period) -> period.toMillis();
      case Cadence.Cron _ -> 0;
    };
  }

  private void sent(Unit unit, long sentAt) {
    PathState path = unit.path;
    unit.lastTurn = isTurn(unit, sentAt) ? sentAt : unit.lastTurn;
    path.lastSent = Math.max(path.lastSent, sentAt);
    if (path.silent) {
      path.silent = false;
      due.stir();
    }
    due.wakeAt(sentAt + unit.within() + 1);
  }

  private void judge(Unit unit, Outcome outcome, Result before, long place) {
    long now = outcome.at().toEpochMilli();
    long sentAt = outcome.sentAt().toEpochMilli();
    if (!before.isKnown()) {
      first(unit, outcome, place, before == Result.GREYLISTED, now);
    } else if (isHeldUp(before) && outcome.result().isArrival()) {
      latecomers.came(outcome);
    }
    unit.passedOnce |= outcome.result().isArrival();
    if (outcome.result().isBad()) {
      unit.path.lastFailed = Math.max(unit.path.lastFailed, sentAt);
    } else {
      watched.passed(unit, sentAt);
    }
    if (outcome.result().isShort()) {
      unit.failed(outcome);
      if (unit.recent.isJudged(place)) {
        alarms.suspect(unit, outcome);
      }
    }
    if (unit.alarm != null && !outcome.result().isBad()) {
      recovery.recover(unit, now);
    }
  }

  private static boolean isHeldUp(Result before) {
    return before == Result.MISSING || before == Result.DEFERRED || before == Result.BOUNCED;
  }

  /// The first time that something is known of a canary: shares count each once, and the canaries
  /// of a burst, which all meet the same fault, not at all.
  private void first(Unit unit, Outcome outcome, long place, boolean greylisted, long now) {
    PathState path = unit.path;
    if (!greylisted) {
      drift(unit, outcome);
    }
    boolean toldAlready = unit.alarm != null && unit.alarm.trigger() == Alarm.Trigger.NEWEST;
    if (toldAlready || unit.recent.isConfirming(place) || !unit.recent.isJudged(place)) {
      return;
    }
    boolean bad = outcome.result().isBad();
    path.rate
        .add(bad, now)
        .ifPresent(
            why -> alarms.raise(unit, outcome, why.severity(), Alarm.Trigger.SHARE, why.reason()));
    GroupState group = path.group;
    if (group != null && group.paths.size() > 1) {
      group.rate.add(bad, now).ifPresent(why -> alarms.raise(group, why));
    }
  }

  private void drift(Unit unit, Outcome outcome) {
    Duration took = outcome.latency();
    LatencyDrift drift = unit.path.drift;
    if (took != null) {
      drift.add(took.toNanos() / 1e9);
    } else if (outcome.result() == Result.MISSING) {
      drift.add(unit.leg.path().expect().overdueAfter().toNanos() / 1e9);
    } else {
      return;
    }
    if (unit.alarm == null && drift.isSlow()) {
      alarms.raise(unit, outcome, Severity.WARN, Alarm.Trigger.DRIFT, drift.inWords());
    }
  }

  /// What has not arrived in time is missing, unless we could not see.
  void deadlines(Instant now) {
    for (PathState path : watched.paths()) {
      for (Unit unit : path.units) {
        overdue(unit, now, now.toEpochMilli());
      }
    }
  }

  private void overdue(Unit unit, Instant now, long at) {
    Recent recent = unit.recent;
    long oldest = recent.oldestOpen();
    if (oldest < 0) {
      return;
    }
    String mailbox = unit.leg.traits().getOrDefault(Trait.MAILBOX, "");
    if (sight.isBlind(mailbox)) {
      return;
    }
    long seeing = sight.seeingSince(mailbox);
    for (long i = oldest; i >= 0; i = recent.nextOpen(i)) {
      boolean greylisted = recent.result(i) == Result.GREYLISTED;
      long limit =
          greylisted || !unit.isKnownThere() ? settings.greylisting().toMillis() : unit.within();
      long deadline = Math.max(recent.sentAt(i), seeing) + limit;
      if (deadline < at) {
        note(missing(unit, recent.id(i), Instant.ofEpochMilli(recent.sentAt(i)), now, greylisted));
      } else {
        due.wakeAt(deadline + 1);
        if (!greylisted) {
          break;
        }
      }
    }
  }

  private static Outcome missing(
      Unit unit, CanaryId id, Instant sentAt, Instant now, boolean greylisted) {
    return new Outcome(
        unit.path.name,
        unit.leg.leg(),
        id,
        sentAt,
        now,
        greylisted ? Result.DEFERRED : Result.MISSING,
        greylisted ? Cause.GREYLIST : Cause.NONE,
        greylisted ? "refused by greylisting for longer than is usual" : "",
        "",
        null);
  }
}
