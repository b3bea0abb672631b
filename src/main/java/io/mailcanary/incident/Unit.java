package io.mailcanary.incident;

import io.mailcanary.path.MailPath;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the rules know of one leg.
final class Unit {
  private static final int MOST_EVIDENCE = 5;

  final Recent recent = new Recent();
  final Deque<Outcome> failures = new ArrayDeque<>(1);
  final PathState path;
  Leg leg;
  List<TraitNode> nodes = List.of();
  @Nullable Alarm alarm;
  @Nullable CaseFile file;
  long lastTurn = Long.MIN_VALUE;
  int pointingElsewhere;

  /// When its last trouble was over.
  long recoveredAt = Long.MIN_VALUE;

  boolean passedOnce;

  Unit(PathState path, Leg leg) {
    this.path = path;
    this.leg = leg;
  }

  /// In how many milliseconds a canary has to arrive.
  long within() {
    return leg.path().expect().within().toMillis();
  }

  /// Whether its receiver has seen us before; within our own walls that makes no difference.
  boolean isKnownThere() {
    return passedOnce || leg.path().kind() == MailPath.Kind.INTERNAL;
  }

  void failed(Outcome outcome) {
    failures.removeIf(known -> known.canary().equals(outcome.canary()));
    failures.addLast(outcome);
    if (failures.size() > MOST_EVIDENCE) {
      failures.removeFirst();
    }
  }

  /// @param onset what failed before that has another story
  List<String> evidence(long onset) {
    List<String> lines = new ArrayList<>();
    for (Outcome outcome : failures) {
      if (outcome.sentAt().toEpochMilli() >= onset) {
        lines.add(Sentences.evidence(outcome));
      }
    }
    return lines;
  }
}
