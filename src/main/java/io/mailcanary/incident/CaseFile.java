package io.mailcanary.incident;

import io.mailcanary.canary.CanaryId;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// An incident while it goes on: who fails, what was found, what was told.
final class CaseFile {
  private static final int MOST_ENTRIES = 100;

  final Set<Unit> failing = new LinkedHashSet<>();
  final Map<String, Found> findings = new LinkedHashMap<>();
  final Map<String, Blind> blind = new LinkedHashMap<>();
  final Set<String> hit = new TreeSet<>();

  /// Canaries that arrived after all.
  final Set<CanaryId> late = new HashSet<>();

  final List<TimelineEntry> timeline = new ArrayList<>();
  List<TraitNode> candidates = List.of();
  String id = "";
  String key = "";
  IncidentState state = IncidentState.OPEN;
  Severity severity = Severity.WARN;
  long onset;
  int flaps;
  @Nullable TraitNode accused;
  boolean mixed;
  boolean recovering;
  @Nullable Root root;
  @Nullable Instant acknowledgedAt;
  @Nullable Incident recorded;
  @Nullable Incident told;
  Instant toldAt = Instant.MIN;
  boolean changed = true;
  boolean restored;
  long awaitedUntil;
  boolean silence;

  /// @param since when it was first seen
  /// @param goneSince when it was not seen any more; 0 while it is there
  record Found(Finding finding, String source, long since, long goneSince) {
    boolean isThere() {
      return goneSince == 0;
    }

    Found goneAt(long at) {
      return new Found(finding, source, since, at);
    }
  }

  /// @param paths that cannot be seen, or on which nothing is sent
  record Blind(String reason, long since, List<String> paths) {}

  CaseFile(long onset) {
    this.onset = onset;
  }

  void join(Unit unit, Alarm alarm) {
    candidates = failing.isEmpty() ? unit.nodes : both(candidates, unit.nodes);
    accuse(alarm.accused());
    failing.add(unit);
    recovering = false;
    hit.add(unit.path.name);
    unit.file = this;
    onset = Math.min(onset, alarm.onset());
    severity = worse(severity, alarm.severity());
    changed = true;
  }

  /// People know this much from now on.
  void tell(Incident incident, Instant now) {
    recorded = incident;
    told = incident;
    toldAt = now;
  }

  /// Those who accuse different ones accuse nobody together.
  void accuse(@Nullable TraitNode whom) {
    if (whom != null && !mixed) {
      mixed = accused != null && accused != whom;
      accused = mixed ? null : whom;
    }
  }

  void leave(Unit unit) {
    failing.remove(unit);
    unit.file = null;
    changed = true;
  }

  /// Whether watchers and readers know of it, and not canaries.
  boolean hasWatchers() {
    return key.startsWith(Diagnosis.KEY + Trait.RECORD.word() + ":")
        || key.startsWith(Diagnosis.KEY + Trait.OBSERVER.word() + ":");
  }

  /// What was found, the gravest first; of what weighs the same, first what is still there.
  List<Found> byWeight() {
    return findings.values().stream()
        .sorted(
            Comparator.comparing((Found one) -> one.finding().severity())
                .thenComparing(Found::isThere)
                .reversed())
        .toList();
  }

  boolean isOver() {
    return failing.isEmpty() && findings.isEmpty() && blind.isEmpty();
  }

  void note(TimelineEntry entry) {
    if (timeline.size() >= MOST_ENTRIES) {
      // The beginning and the newest tell the story.
      timeline.remove(MOST_ENTRIES / 2);
    }
    timeline.add(entry);
  }

  void raise(Severity to) {
    if (worse(severity, to) != severity) {
      severity = to;
      changed = true;
    }
  }

  private static Severity worse(Severity a, Severity b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  private static List<TraitNode> both(List<TraitNode> a, List<TraitNode> b) {
    List<TraitNode> shared = new ArrayList<>(a.size());
    for (TraitNode node : a) {
      if (b.contains(node)) {
        shared.add(node);
      }
    }
    return shared;
  }
}
