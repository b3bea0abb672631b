package io.mailcanary.incident;

import io.mailcanary.mail.Finding;
import io.mailcanary.verdict.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// When people are told, of what, and why.
///
/// It is told what becomes of canaries, what watchers find, what changes, and where we are blind;
/// asked to [#decide], it answers with what follows. It has no clock: the same news in the same
/// order give the same decisions. One outcome costs a constant time. Not for several threads.
///
/// Inside, [CanaryRules] counts what becomes of canaries, [AlarmRules] and [Recovery] say when a
/// leg is in trouble and when that is over, [FindingRules] and [Sight] bring what else is known,
/// [Grouping] puts what has one cause into one [CaseFile], and [Review] makes incidents of files.
public final class IncidentRules {
  private final Due due = new Due();
  private final Cases cases = new Cases(due);
  private final RecentChanges changes = new RecentChanges();
  private final Watched watched;
  private final Grouping grouping;
  private final Sight sight;
  private final FindingRules findings;
  private final Latecomers latecomers;
  private final CanaryRules canaries;
  private final Review review;
  private final Restoration restoration;

  public IncidentRules(RuleSettings settings) {
    watched = new Watched(settings);
    grouping = new Grouping(settings, cases, due);
    sight = new Sight(settings, watched, cases, due);
    findings = new FindingRules(settings, cases, due);
    latecomers = new Latecomers(cases, due);
    canaries =
        new CanaryRules(
            settings,
            watched,
            sight,
            new AlarmRules(watched, grouping, due),
            new Recovery(grouping, due),
            latecomers,
            due);
    review = new Review(settings, watched, cases, changes, latecomers);
    restoration = new Restoration(watched, cases, review, due);
  }

  /// Watches exactly these legs from now on; what is known of those that stay is kept.
  public void watch(Collection<Leg> legs, Instant now) {
    watched.watch(legs, now).forEach(grouping::drop);
    if (!cases.hasOpen()) {
      watched.forgetUnused();
    }
    due.wakeAt(now.toEpochMilli());
  }

  /// A canary stands so.
  public void note(Outcome outcome) {
    canaries.note(outcome);
  }

  /// What `source` sees wrong now, all of it.
  public void findings(String source, Collection<Finding> seen, Instant at) {
    findings.found(source, seen, at.toEpochMilli());
  }

  /// Something became different.
  public void changed(Change change) {
    changes.add(change);
    for (CaseFile file : cases.all()) {
      file.changed = true;
      due.stir();
    }
  }

  /// A mailbox cannot be seen, and why; or it can again.
  ///
  /// @param mailbox its name
  /// @param why empty when it can
  public void sight(String mailbox, Optional<String> why, Instant since) {
    sight.tell(mailbox, why, since);
  }

  /// Our own clock was set: all that is counted from moves along.
  public void clockStepped(Duration by) {
    watched.shift(by.toMillis());
    sight.shift(by);
    due.shift(by.toMillis());
  }

  /// Whether [#decide] has something to do.
  public boolean isRipe(Instant now) {
    return due.isRipe(now.toEpochMilli());
  }

  /// What follows from all that is known by now.
  public List<Decision> decide(Instant now) {
    long at = now.toEpochMilli();
    if (due.takeDeadline(at)) {
      canaries.deadlines(now);
      sight.deadlines(at);
      findings.deadlines(at);
    }
    if (!due.takeReview(at)) {
      return List.of();
    }
    findings.removeGone(at);
    grouping.group();
    sight.file(at);
    List<Decision> decisions = new ArrayList<>();
    for (CaseFile file : cases.copy()) {
      grouping.regroup(file);
      review.review(file, now, decisions);
    }
    latecomers.decide(now, decisions);
    due.reviewed(at, !cases.isEmpty());
    return decisions;
  }

  /// Somebody takes an incident on.
  public Decision acknowledge(String id, String who, Instant now) {
    return review.acknowledge(id, who, now);
  }

  /// An incident that ended before a restart: whether a trouble comes back is told by it. The one
  /// that ended first is to be told first, and all of them before any canary.
  public void remember(Incident ended) {
    Instant at = ended.resolvedAt();
    if (at != null) {
      review.remember(ended, at.toEpochMilli());
    }
  }

  /// Goes on with an incident that was open before a restart. Its paths count as failing until they
  /// prove otherwise. To be called after [#watch], [#remember], and after all that is known of
  /// canaries of before has been noted.
  public void restore(Incident incident) {
    restoration.restore(incident);
  }

  /// The incidents that go on, as they were decided last.
  public List<Incident> goingOn() {
    List<Incident> all = new ArrayList<>();
    for (CaseFile file : cases.all()) {
      if (file.recorded != null) {
        all.add(file.recorded);
      }
    }
    return all;
  }
}
