package io.mailcanary.incident;

import io.mailcanary.canary.Cause;
import java.util.List;

/// Goes on with what was open before a restart.
final class Restoration {
  private final Watched watched;
  private final Cases cases;
  private final Review review;
  private final Due due;

  Restoration(Watched watched, Cases cases, Review review, Due due) {
    this.watched = watched;
    this.cases = cases;
    this.review = review;
    this.due = due;
  }

  /// Legs whose canaries show its trouble, as far as they are on record, stay in it as they were;
  /// paths that none is known of count as failing until they prove otherwise.
  void restore(Incident incident) {
    CaseFile file = file(incident);
    file.flaps = review.flapped(incident.dedupKey(), file.onset);
    for (String name : isOfMail(incident) ? incident.paths() : List.<String>of()) {
      PathState path = watched.path(name);
      if (path != null) {
        rejoin(path, incident, file);
      }
    }
    cases.open(file, incident.dedupKey());
    due.reviewAtOnce();
  }

  private void rejoin(PathState path, Incident incident, CaseFile file) {
    boolean known = false;
    for (Unit unit : path.units) {
      Alarm alarm = unit.alarm;
      if (alarm != null && unit.file == null && isOf(alarm, incident)) {
        file.join(unit, alarm);
      }
      known |= alarm != null || unit.recoveredAt > file.onset;
    }
    if (!known) {
      Unit unit = path.units.getFirst();
      Alarm alarm = alarm(incident, file.onset);
      unit.alarm = alarm;
      // What arrived before the incident says nothing of its end.
      unit.recent.forgetPast();
      file.join(unit, alarm);
    }
  }

  private static boolean isOf(Alarm alarm, Incident incident) {
    return !alarm.isSpecific()
        || alarm.cause() == incident.cause()
        || incident.cause() == Cause.UNKNOWN
        || incident.cause() == Cause.NONE;
  }

  private static CaseFile file(Incident incident) {
    CaseFile file = new CaseFile(incident.openedAt().toEpochMilli());
    file.restored = true;
    file.id = incident.id();
    file.state = incident.state();
    file.severity = incident.severity();
    file.acknowledgedAt = incident.acknowledgedAt();
    file.timeline.addAll(incident.timeline());
    file.hit.addAll(incident.paths());
    file.tell(incident, incident.openedAt());
    file.changed = false;
    return file;
  }

  private Alarm alarm(Incident incident, long onset) {
    String key = incident.dedupKey();
    String root = key.substring(Math.min(key.length(), Diagnosis.KEY.length()));
    return new Alarm(
        incident.kind(),
        incident.severity(),
        incident.cause(),
        "",
        "",
        onset,
        Alarm.Trigger.RESTORED,
        watched.known(root),
        "open before a restart");
  }

  private static boolean isOfMail(Incident incident) {
    return switch (incident.kind()) {
      case DEFERRING, BOUNCING, LOSING, SLOW, MISFILED, DUPLICATED -> true;
      case DNS, TLS, AUTHENTICATION, QUEUE, BLIND, SILENT -> false;
    };
  }
}
