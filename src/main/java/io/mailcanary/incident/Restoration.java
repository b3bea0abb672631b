package io.mailcanary.incident;

import java.util.List;

/// Goes on with what was open before a restart.
final class Restoration {
  private final Watched watched;
  private final Cases cases;
  private final Due due;

  Restoration(Watched watched, Cases cases, Due due) {
    this.watched = watched;
    this.cases = cases;
    this.due = due;
  }

  /// Its paths count as failing until they prove otherwise.
  void restore(Incident incident) {
    CaseFile file = file(incident);
    for (String name : isOfMail(incident) ? incident.paths() : List.<String>of()) {
      PathState path = watched.path(name);
      if (path != null) {
        Unit unit = path.units.getFirst();
        Alarm alarm = alarm(incident, file.onset);
        unit.alarm = alarm;
        file.join(unit, alarm);
      }
    }
    cases.open(file, incident.dedupKey());
    due.reviewAtOnce();
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
