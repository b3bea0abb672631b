package io.mailcanary.incident;

import io.mailcanary.mail.Severity;

/// When the trouble of a leg is over: recovery needs its own proof, and more of it each time that
/// the trouble came back.
final class Recovery {
  private static final int MOST_DOUBLINGS = 4;

  private final Grouping grouping;
  private final Due due;

  Recovery(Grouping grouping, Due due) {
    this.grouping = grouping;
    this.due = due;
  }

  /// A canary of a leg in trouble fared well.
  void recover(Unit unit, long now) {
    Alarm alarm = unit.alarm;
    if (alarm == null) {
      return;
    }
    int flapped = unit.file == null ? 0 : unit.file.flaps;
    int wanted = unit.leg.path().alert().recover() << Math.min(flapped, MOST_DOUBLINGS);
    boolean strict = alarm.severity() != Severity.PAGE;
    boolean isOver =
        switch (alarm.trigger()) {
          case NEWEST, RESTORED -> unit.recent.goodInARow(strict) >= wanted;
          case SHARE ->
              unit.recent.goodInARow(false) >= wanted
                  && unit.path.rate.isCalm(now, alarm.severity());
          case GROUP ->
              unit.recent.goodInARow(false) >= wanted && isCalm(unit.path, alarm.severity(), now);
          case DRIFT -> unit.path.drift.isUsual();
        };
    if (isOver) {
      unit.recoveredAt = now;
      clear(unit, alarm);
    }
  }

  /// Either the group as a whole, or this path while others of the group still fail.
  private static boolean isCalm(PathState path, Severity severity, long now) {
    GroupState group = path.group;
    return group == null || group.rate.isCalm(now, severity) || path.rate.isAtRest();
  }

  private void clear(Unit unit, Alarm alarm) {
    unit.alarm = null;
    grouping.settled(unit);
    if (unit.file != null) {
      unit.file.recovering = true;
      unit.file.leave(unit);
    }
    if (alarm.trigger() != Alarm.Trigger.DRIFT) {
      unit.recent.forgetPast();
    }
    if (!unit.path.isInTrouble()) {
      unit.path.rate.clear();
    }
    GroupState group = unit.path.group;
    if (group != null && !group.isInTrouble()) {
      group.rate.clear();
    }
    unit.pointingElsewhere = 0;
    due.stir();
  }
}
