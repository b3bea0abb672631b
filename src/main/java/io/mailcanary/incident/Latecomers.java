package io.mailcanary.incident;

import io.mailcanary.canary.CanaryId;
import io.mailcanary.verdict.Words;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Canaries that were held up, missing or given up and arrived after all: what was said of them is
/// taken back in words, in the incident that goes on and in the one that is over.
final class Latecomers {
  private static final int MOST_ENDED = 200;
  private static final int MOST_COUNTED = 10_000;
  private static final Duration KEPT = Duration.ofDays(3);

  private final Cases cases;
  private final Due due;
  private final Deque<Ended> ended = new ArrayDeque<>();

  /// An incident that is over.
  private static final class Ended {
    final Set<String> paths;
    final Set<CanaryId> came = new HashSet<>();
    Incident incident;
    Duration longest = Duration.ZERO;
    int written;

    Ended(Incident incident) {
      this.incident = incident;
      this.paths = Set.copyOf(incident.paths());
    }

    boolean isOf(String path, Instant sentAt, Instant over) {
      return paths.contains(path) && !sentAt.isBefore(incident.openedAt()) && !sentAt.isAfter(over);
    }
  }

  Latecomers(Cases cases, Due due) {
    this.cases = cases;
    this.due = due;
  }

  /// An incident is over; what was held up meanwhile may still come.
  void over(Incident incident) {
    ended.addFirst(new Ended(incident));
    if (ended.size() > MOST_ENDED) {
      ended.removeLast();
    }
  }

  /// A canary arrived that was late.
  void came(Outcome outcome) {
    long sentAt = outcome.sentAt().toEpochMilli();
    for (CaseFile file : cases.all()) {
      if (file.hit.contains(outcome.path()) && sentAt >= file.onset) {
        count(file.late, outcome);
        return;
      }
    }
    for (Ended one : ended) {
      Instant over = one.incident.resolvedAt();
      if (over != null && one.isOf(outcome.path(), outcome.sentAt(), over)) {
        after(one, outcome, over);
        return;
      }
    }
  }

  private void after(Ended one, Outcome outcome, Instant over) {
    Duration took = outcome.latency();
    Instant arrived = took == null ? outcome.at() : outcome.sentAt().plus(took);
    if (arrived.isAfter(over) && count(one.came, outcome)) {
      one.longest = took != null && took.compareTo(one.longest) > 0 ? took : one.longest;
      due.stir();
    }
  }

  private static boolean count(Set<CanaryId> canaries, Outcome outcome) {
    return canaries.size() < MOST_COUNTED && canaries.add(outcome.canary());
  }

  /// Adds what is to be put on record of incidents that are over.
  void decide(Instant now, List<Decision> decisions) {
    ended.removeIf(one -> isForgotten(one.incident, now));
    for (Ended one : ended) {
      if (one.came.size() > one.written) {
        one.written = one.came.size();
        Incident before = one.incident;
        Incident after = corrected(one, before, now);
        if (!after.equals(before)) {
          one.incident = after;
          decisions.add(new Decision.Correct(before, after, after.timeline().getLast().text()));
        }
      }
    }
  }

  private static boolean isForgotten(Incident incident, Instant now) {
    Instant over = incident.resolvedAt();
    return over == null || over.plus(KEPT).isBefore(now);
  }

  /// One line that grows.
  private static Incident corrected(Ended one, Incident incident, Instant now) {
    String text =
        "%s in after the end%s: late, not lost"
            .formatted(
                one.came.size() == 1
                    ? "1 canary of that time came"
                    : one.came.size() + " canaries of that time came",
                one.longest.isZero()
                    ? ""
                    : ", up to %s after being sent".formatted(Words.of(one.longest)));
    List<TimelineEntry> timeline = new ArrayList<>(incident.timeline());
    TimelineEntry last = timeline.getLast();
    if (last.kind() == TimelineEntry.Kind.CORRECTED) {
      if (last.text().equals(text)) {
        return incident;
      }
      timeline.removeLast();
    }
    timeline.add(new TimelineEntry(now, TimelineEntry.Kind.CORRECTED, text, List.of()));
    return incident.resolved(timeline, incident.acknowledgedAt(), incident.resolvedAt());
  }
}
