package io.mailcanary.incident;

import io.mailcanary.mail.Severity;
import io.mailcanary.path.Alert;
import io.mailcanary.path.MailPath;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// When a leg is in trouble, and what its canaries say of it.
final class AlarmRules {
  private final Watched watched;
  private final Accusations accusations;
  private final Grouping grouping;
  private final Due due;

  AlarmRules(Watched watched, Grouping grouping, Due due) {
    this.watched = watched;
    this.accusations = new Accusations(watched);
    this.grouping = grouping;
    this.due = due;
  }

  /// A canary is not as promised.
  void suspect(Unit unit, Outcome outcome) {
    Alert alert = unit.leg.path().alert();
    Recent recent = unit.recent;
    explain(unit, outcome);
    Result result = outcome.result();
    boolean bounced = result == Result.BOUNCED || result == Result.REJECTED;
    if (bounced && unit.leg.path().kind() == MailPath.Kind.INTERNAL) {
      raise(
          unit, outcome, Severity.PAGE, Alarm.Trigger.NEWEST, "an internal path never may bounce");
      return;
    }
    int bad = result.isBad() ? recent.bad(alert.page().of()) : 0;
    if (bad == alert.page().of() && bad > 1) {
      harden(unit, newest(bad, alert.page(), "failed"));
    }
    if (bad >= alert.page().bad() + (isConfirmed(unit) ? 0 : 1)) {
      raise(
          unit, outcome, Severity.PAGE, Alarm.Trigger.NEWEST, newest(bad, alert.page(), "failed"));
      return;
    }
    if (unit.alarm != null) {
      return;
    }
    Alert.Share warn = alert.warn().orElse(alert.page());
    int fallShort = alert.warn().isPresent() || !result.isBad() ? recent.fallShort(warn.of()) : 0;
    if (fallShort >= warn.bad()) {
      raise(
          unit,
          outcome,
          Severity.WARN,
          Alarm.Trigger.NEWEST,
          newest(fallShort, warn, "were not as promised"));
    }
  }

  /// What began as a share fails altogether now: it is over as soon as canaries arrive again, and
  /// not only when the share is small again.
  private void harden(Unit unit, String reason) {
    Alarm alarm = unit.alarm;
    if (alarm != null && alarm.isOfShare()) {
      unit.alarm = alarm.anew(alarm.onset(), reason);
    }
  }

  /// Silence that no burst confirmed, since there was none or its canaries came through, takes one
  /// more.
  private static boolean isConfirmed(Unit unit) {
    MailPath path = unit.leg.path();
    return path.confirm().canaries() == 0
        || path.alert().page().bad() == path.alert().page().of()
        || unit.recent.isConfirmed(path.alert().page().of());
  }

  private static String newest(int count, Alert.Share share, String what) {
    return "%d of the newest %d canaries %s; %s is enough"
        .formatted(count, share.of(), what, share);
  }

  /// What a canary shows may say more than what is known, or something else.
  private void explain(Unit unit, Outcome outcome) {
    Alarm alarm = unit.alarm;
    Optional<IncidentKind> kind = outcome.result().kind();
    if (alarm == null || kind.isEmpty() || !outcome.result().isBad()) {
      return;
    }
    TraitNode accused = accusations.of(unit, outcome);
    Alarm better = alarm.explained(outcome, kind.get(), accused);
    if (!alarm.isSpecific() && (better.isSpecific() || alarm.words().isEmpty())) {
      if (!better.words().isEmpty() || better.kind() != alarm.kind()) {
        learn(unit, better);
      }
      return;
    }
    boolean elsewhere =
        accused != null
            && alarm.accused() != null
            && accused != alarm.accused()
            && better.cause() != alarm.cause();
    unit.pointingElsewhere = elsewhere ? unit.pointingElsewhere + 1 : 0;
    if (unit.pointingElsewhere >= unit.leg.path().alert().page().bad() && unit.file != null) {
      secondCause(unit, better, outcome.sentAt().toEpochMilli());
    }
  }

  private void learn(Unit unit, Alarm better) {
    unit.alarm = better;
    CaseFile file = unit.file;
    if (file != null) {
      file.accuse(better.accused());
      file.changed = true;
      due.stir();
    }
  }

  private void secondCause(Unit unit, Alarm other, long since) {
    unit.pointingElsewhere = 0;
    if (unit.file != null) {
      unit.file.leave(unit);
    }
    unit.alarm = other.anew(since, "canaries fail for another reason than before");
    grouping.raised(unit);
  }

  /// A leg is in trouble, or in graver trouble than before.
  void raise(Unit unit, Outcome outcome, Severity severity, Alarm.Trigger trigger, String reason) {
    Alarm known = unit.alarm;
    if (known != null && known.severity().compareTo(severity) >= 0) {
      return;
    }
    IncidentKind kind =
        trigger == Alarm.Trigger.DRIFT
            ? IncidentKind.SLOW
            : outcome.result().kind().orElse(IncidentKind.DEFERRING);
    long sentAt = outcome.sentAt().toEpochMilli();
    long onset =
        trigger == Alarm.Trigger.SHARE ? unit.path.rate.climbingSince() : unit.recent.onset(sentAt);
    TraitNode accused = accusations.of(unit, outcome);
    Alarm alarm = alarm(kind, severity, outcome, onset, trigger, accused, reason);
    unit.alarm = alarm;
    due.stir();
    place(unit, alarm);
  }

  private void place(Unit unit, Alarm alarm) {
    CaseFile file = unit.file;
    if (file == null) {
      grouping.raised(unit);
    } else if (file.failing.size() == 1 && file.findings.isEmpty()) {
      file.raise(alarm.severity());
      file.accuse(alarm.accused());
      file.changed = true;
    } else {
      file.leave(unit);
      grouping.raised(unit);
    }
  }

  /// All paths of the group that failed while the share rose are in it.
  void raise(GroupState group, RateWatch.Suspicion why) {
    long since = group.rate.climbingSince();
    for (PathState path : group.paths) {
      for (Unit unit : path.units) {
        if (path.lastFailed >= since && unit.alarm == null && !unit.failures.isEmpty()) {
          Outcome outcome = unit.failures.getLast();
          TraitNode accused = accusations.of(unit, outcome);
          unit.alarm =
              alarm(
                  outcome.result().kind().orElse(IncidentKind.DEFERRING),
                  why.severity(),
                  outcome,
                  Math.max(since, outcome.sentAt().toEpochMilli()),
                  Alarm.Trigger.GROUP,
                  accused == null ? watched.node(Trait.GROUP, group.name) : accused,
                  "group %s: %s".formatted(group.name, why.reason()));
          grouping.raised(unit);
        }
      }
    }
  }

  private static Alarm alarm(
      IncidentKind kind,
      Severity severity,
      Outcome outcome,
      long onset,
      Alarm.Trigger trigger,
      @Nullable TraitNode accused,
      String reason) {
    return new Alarm(
        kind,
        severity,
        outcome.cause(),
        outcome.words(),
        outcome.host(),
        onset,
        trigger,
        accused,
        reason);
  }
}
