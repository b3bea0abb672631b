package io.mailcanary.incident;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// One root cause, one file: legs in trouble join those with which they share what nothing passes
/// any more.
final class Grouping {
  private static final Duration TOGETHER = Duration.ofMinutes(30);
  private static final int REGROUPED = 200;

  private final RuleSettings settings;
  private final Cases cases;
  private final Due due;
  private final Set<Unit> waiting = new LinkedHashSet<>();

  Grouping(RuleSettings settings, Cases cases, Due due) {
    this.settings = settings;
    this.cases = cases;
    this.due = due;
  }

  /// A leg is in trouble and has no file yet.
  void raised(Unit unit) {
    waiting.add(unit);
    due.stir();
  }

  /// It is not in trouble any more.
  void settled(Unit unit) {
    waiting.remove(unit);
  }

  /// It is watched no longer.
  void drop(Unit unit) {
    unit.alarm = null;
    settled(unit);
    if (unit.file != null) {
      unit.file.leave(unit);
    }
    due.stir();
  }

  /// Finds each leg that waits its file.
  void group() {
    for (Unit unit : List.copyOf(waiting)) {
      Alarm alarm = unit.alarm;
      if (alarm != null && unit.file == null) {
        home(unit, alarm).join(unit, alarm);
      }
    }
    waiting.clear();
  }

  private CaseFile home(Unit unit, Alarm alarm) {
    for (CaseFile file : cases.all()) {
      if (belongs(file, unit, alarm)) {
        return file;
      }
    }
    return cases.begin(alarm.onset());
  }

  private boolean belongs(CaseFile file, Unit unit, Alarm alarm) {
    for (CaseFile.Found found : file.findings.values()) {
      if (Refusal.isAbout(unit.leg, alarm, found, settings)) {
        return true;
      }
    }
    if (file.failing.isEmpty()) {
      // One that waits for its end to hold, or for the watchers after a restart.
      return file.findings.isEmpty() && file.blind.isEmpty() && file.hit.contains(unit.path.name);
    }
    if (alarm.accused() != null && alarm.accused() == file.accused) {
      return true;
    }
    Unit first = file.failing.iterator().next();
    Alarm other = first.alarm;
    if (other == null || !other.mayShareCauseWith(alarm)) {
      return false;
    }
    if (alarm.accused() != null && file.accused != null) {
      return false;
    }
    return Math.abs(alarm.onset() - file.onset) <= TOGETHER.toMillis()
        && shareACut(file.candidates, unit, Math.min(file.onset, alarm.onset()));
  }

  /// Whether they have something in common through which nothing passes any more.
  private static boolean shareACut(List<TraitNode> candidates, Unit unit, long onset) {
    for (TraitNode node : unit.nodes) {
      if (node.isCut(onset) && node.trait != Trait.GROUP && candidates.contains(node)) {
        return true;
      }
    }
    return false;
  }

  /// Parts those who were put together for something that others pass through after all.
  void regroup(CaseFile file) {
    if (!mayPart(file)) {
      return;
    }
    Unit first = file.failing.iterator().next();
    Alarm lead = first.alarm;
    if (lead == null || lead.trigger() != Alarm.Trigger.NEWEST) {
      return;
    }
    for (Unit unit : List.copyOf(file.failing)) {
      Alarm alarm = unit.alarm;
      if (alarm != null && unit.path != first.path && isApart(first, lead, unit, alarm, file)) {
        file.leave(unit);
        home(unit, alarm).join(unit, alarm);
      }
    }
  }

  private static boolean mayPart(CaseFile file) {
    if (file.failing.size() < 2
        || file.failing.size() > REGROUPED
        || file.accused != null
        || file.recovering
        || !file.findings.isEmpty()) {
      return false;
    }
    return file.candidates.stream().noneMatch(node -> node.isCut(file.onset));
  }

  private static boolean isApart(Unit first, Alarm lead, Unit unit, Alarm alarm, CaseFile file) {
    return alarm.trigger() == Alarm.Trigger.NEWEST
        && !shareACut(first.nodes, unit, file.onset)
        && (lead.words().isEmpty()
            || !Sentences.code(lead.words()).equals(Sentences.code(alarm.words())));
  }
}
