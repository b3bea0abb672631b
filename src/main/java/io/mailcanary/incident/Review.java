package io.mailcanary.incident;

import io.mailcanary.verdict.Words;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// From file to incident: when one is opened, what of it is told, when it is closed.
final class Review {
  private static final Duration AWAITED = Duration.ofMinutes(3);

  private final RuleSettings settings;
  private final Watched watched;
  private final Cases cases;
  private final RecentChanges changes;
  private final Latecomers latecomers;
  private final Flaps flaps;

  Review(
      RuleSettings settings,
      Watched watched,
      Cases cases,
      RecentChanges changes,
      Latecomers latecomers) {
    this.settings = settings;
    this.watched = watched;
    this.cases = cases;
    this.changes = changes;
    this.latecomers = latecomers;
    this.flaps = new Flaps(settings);
  }

  /// An incident that ended before a restart.
  void remember(Incident incident, long at) {
    flaps.end(incident.dedupKey(), at);
    latecomers.over(incident);
  }

  /// How often a trouble that began then had come back.
  int flapped(String key, long at) {
    return flaps.times(key, at);
  }

  /// Adds what follows for one file.
  void review(CaseFile file, Instant now, List<Decision> decisions) {
    if (isAwaited(file, now.toEpochMilli())) {
      return;
    }
    if (file.isOver()) {
      close(file, now, decisions);
      return;
    }
    boolean first = file.id.isEmpty();
    Diagnosis diagnosis = diagnose(file);
    if (first) {
      file.changed = false;
      open(file, diagnosis, now, decisions);
    } else if (file.changed || isDue(file, now) || pointsElsewhere(file, diagnosis)) {
      file.changed = false;
      update(file, diagnosis, now, decisions);
    }
  }

  private static boolean pointsElsewhere(CaseFile file, Diagnosis diagnosis) {
    return file.recorded == null || !diagnosis.attribution().equals(file.recorded.attribution());
  }

  /// After a restart the watchers and readers have to speak first.
  private static boolean isAwaited(CaseFile file, long at) {
    boolean spoken = !file.findings.isEmpty() || !file.blind.isEmpty();
    if (!file.restored || !file.hasWatchers() || spoken) {
      return false;
    }
    file.awaitedUntil = file.awaitedUntil == 0 ? at + AWAITED.toMillis() : file.awaitedUntil;
    return at < file.awaitedUntil;
  }

  /// Whether people, who were told a while ago, know another story.
  private boolean isDue(CaseFile file, Instant now) {
    Incident last = file.told;
    Incident recorded = file.recorded;
    return last != null
        && recorded != null
        && !Story.isSame(last, recorded)
        && !file.toldAt.plus(settings.updateEvery()).isAfter(now);
  }

  private Diagnosis diagnose(CaseFile file) {
    return Diagnosis.of(file, new Diagnosis.World(watched, changes.all(), settings));
  }

  private void open(CaseFile file, Diagnosis diagnosis, Instant now, List<Decision> decisions) {
    long at = now.toEpochMilli();
    String key = cases.free(diagnosis.key());
    file.id = Diagnosis.id(now, key);
    cases.open(file, key);
    file.flaps = flaps.times(key, at);
    String again = flaps.inWords(key, at).orElse("");
    if (!again.isEmpty()) {
      file.note(new TimelineEntry(now, TimelineEntry.Kind.FLAPPING, again, List.of()));
    }
    String reason = again.isEmpty() ? diagnosis.reason() : diagnosis.reason() + "; " + again;
    file.note(new TimelineEntry(now, TimelineEntry.Kind.OPENED, reason, diagnosis.evidence()));
    Incident incident = diagnosis.incident(file);
    file.tell(incident, now);
    decisions.add(new Decision.Open(incident, reason));
  }

  private void update(CaseFile file, Diagnosis diagnosis, Instant now, List<Decision> decisions) {
    Incident before = file.recorded;
    for (String repair : diagnosis.repairs()) {
      if (file.timeline.stream().noneMatch(entry -> entry.text().equals(repair))) {
        file.note(new TimelineEntry(now, TimelineEntry.Kind.RECOVERING, repair, List.of()));
      }
    }
    Incident after = diagnosis.incident(file);
    if (before == null || before.equals(after)) {
      if (before != null && isDue(file, now)) {
        tell(file, before, now, "more of the same", decisions);
      }
      return;
    }
    List<String> news = Story.news(before, after);
    if (!news.isEmpty()) {
      file.note(
          new TimelineEntry(
              now, TimelineEntry.Kind.EVIDENCE, String.join("; ", news), diagnosis.evidence()));
      after = diagnosis.incident(file);
    }
    file.recorded = after;
    Incident last = file.told == null ? before : file.told;
    boolean graver = after.severity().compareTo(last.severity()) > 0;
    boolean other =
        !Story.isSame(last, after) && !file.toldAt.plus(settings.updateEvery()).isAfter(now);
    String reason = news.isEmpty() ? "its details changed" : String.join("; ", news);
    if (graver || other) {
      tell(file, after, now, reason, decisions);
    } else {
      decisions.add(new Decision.Update(after, false, reason));
    }
  }

  private static void tell(
      CaseFile file, Incident incident, Instant now, String reason, List<Decision> decisions) {
    file.tell(incident, now);
    decisions.add(new Decision.Update(incident, true, reason));
  }

  private void close(CaseFile file, Instant now, List<Decision> decisions) {
    Incident before = file.recorded;
    if (before == null) {
      cases.end(file);
      return;
    }
    long hold = flaps.hold(file);
    if (hold == 0 || now.toEpochMilli() >= lastTrouble(file) + hold) {
      resolve(file, before, now, decisions);
    } else {
      file.changed = true;
      hold(file, before, hold, now, decisions);
    }
  }

  /// Says once why it goes on although all is well.
  private static void hold(
      CaseFile file, Incident before, long hold, Instant now, List<Decision> decisions) {
    String text =
        "nothing fails any more; since it came back before, that has to hold for "
            + Words.of(Duration.ofMillis(hold));
    TimelineEntry last = file.timeline.getLast();
    if (!last.text().equals(text)) {
      file.note(new TimelineEntry(now, TimelineEntry.Kind.RECOVERING, text, List.of()));
      Incident after = before.noted(file.timeline);
      file.recorded = after;
      decisions.add(new Decision.Update(after, false, text));
    }
  }

  private static long lastTrouble(CaseFile file) {
    return file.timeline.stream()
        .filter(entry -> isTrouble(entry.kind()))
        .mapToLong(entry -> entry.at().toEpochMilli())
        .max()
        .orElse(file.onset);
  }

  private static boolean isTrouble(TimelineEntry.Kind kind) {
    return switch (kind) {
      case OPENED, EVIDENCE, FLAPPING -> true;
      case CORRECTED, ACKNOWLEDGED, RECOVERING, RESOLVED, SILENCED -> false;
    };
  }

  private void resolve(CaseFile file, Incident before, Instant now, List<Decision> decisions) {
    int late = file.late.size();
    String reason = Story.ending(before, late, outstanding(file), now);
    if (late > 0) {
      file.note(
          new TimelineEntry(
              now,
              TimelineEntry.Kind.CORRECTED,
              ("%d of the canaries that were held up, missing or given up arrived after all: late,"
                      + " not lost")
                  .formatted(late),
              List.of()));
    }
    file.state = IncidentState.RESOLVED;
    file.note(new TimelineEntry(now, TimelineEntry.Kind.RESOLVED, reason, List.of()));
    Incident after = before.resolved(file.timeline, file.acknowledgedAt, now);
    cases.end(file);
    flaps.end(file.key, now.toEpochMilli());
    decisions.add(new Decision.Resolve(after, reason));
    latecomers.over(after);
  }

  /// How many of its canaries have not arrived, as far as they are remembered one by one.
  private int outstanding(CaseFile file) {
    int count = 0;
    for (String name : file.hit) {
      PathState path = watched.path(name);
      if (path != null) {
        for (Unit unit : path.units) {
          count += unit.recent.heldUpSince(file.onset);
        }
      }
    }
    return count;
  }

  /// Somebody takes an incident on.
  Decision acknowledge(String id, String who, Instant now) {
    for (CaseFile file : cases.all()) {
      Incident incident = file.recorded;
      if (incident != null && file.id.equals(id)) {
        return acknowledge(file, incident, who, now);
      }
    }
    return new Decision.Nothing("there is no such open incident");
  }

  private static Decision acknowledge(CaseFile file, Incident incident, String who, Instant now) {
    if (file.state == IncidentState.ACKNOWLEDGED) {
      return new Decision.Nothing("it was acknowledged before");
    }
    Incident after = incident.acknowledged(who, now);
    TimelineEntry entry = after.timeline().getLast();
    file.state = IncidentState.ACKNOWLEDGED;
    file.acknowledgedAt = now;
    file.note(entry);
    file.recorded = after;
    file.told = after;
    return new Decision.Acknowledge(after, entry.text());
  }
}
