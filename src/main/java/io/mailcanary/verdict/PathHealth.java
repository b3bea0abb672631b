package io.mailcanary.verdict;

import io.mailcanary.canary.CanaryState.Bounced;
import io.mailcanary.canary.CanaryState.Deferred;
import io.mailcanary.canary.CanaryState.Delivered;
import io.mailcanary.canary.CanaryState.DeliveredLate;
import io.mailcanary.canary.CanaryState.InTransit;
import io.mailcanary.canary.CanaryState.Lost;
import io.mailcanary.canary.CanaryState.Misfiled;
import io.mailcanary.canary.CanaryState.Overdue;
import io.mailcanary.canary.CanaryState.Pending;
import io.mailcanary.canary.CanaryState.Rejected;
import io.mailcanary.canary.CanaryState.Unobservable;
import io.mailcanary.canary.Cause;
import io.mailcanary.path.Expectation;
import io.mailcanary.path.MailPath;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How a path is and why, judged from what its newest canaries say.
///
/// The newest canary that says anything decides whether mail flows now; one that is only late says
/// nothing better than those before it. When mail flows, the last three decide whether that is
/// settled: one failure among them leaves the path degraded. Silence says nothing good: a path
/// whose canaries stopped coming is blind.
///
/// @param reason a sentence
public record PathHealth(Health health, String reason) {
  private static final int RECENT = 3;

  /// What is known of the path's observer.
  ///
  /// @param blind why its mailbox cannot be seen; empty when it can
  /// @param silentAfter without a canary for longer than this nothing is known any more
  /// @param latent what is wrong with what the path depends on, though mail may flow as yet
  public record View(
      boolean paused, Optional<String> blind, Duration silentAfter, Optional<String> latent) {
    public View(boolean paused, Optional<String> blind, Duration silentAfter) {
      this(paused, blind, silentAfter, Optional.empty());
    }
  }

  /// Judges a path.
  ///
  /// @param marks oldest first
  public static PathHealth of(List<Mark> marks, Expectation expect, View view, Instant now) {
    if (view.paused()) {
      return new PathHealth(Health.PAUSED, "paused");
    }
    PathHealth told = told(marks, expect, now).with(view.latent());
    Optional<PathHealth> unseen = unseen(marks, view, now);
    return unseen.filter(blind -> !told.health.isWorseThan(blind.health)).orElse(told);
  }

  /// Judges a path by its legs together: a fault that sticks to one of them leaves the path
  /// degraded, with the leg named; where nothing may ever bounce it fails at once.
  ///
  /// @param legs by name, each judged by its own canaries
  public static PathHealth together(Map<String, PathHealth> legs, MailPath.Kind kind) {
    Map.Entry<String, PathHealth> worst =
        Collections.min(legs.entrySet(), Comparator.comparing(leg -> rank(leg.getValue().health)));
    PathHealth judged = worst.getValue();
    if (judged.health == Health.OK
        || judged.health == Health.PAUSED
        || judged.health == Health.PENDING) {
      return judged;
    }
    long like = legs.values().stream().filter(leg -> leg.health == judged.health).count();
    boolean works =
        legs.values().stream()
            .anyMatch(leg -> leg.health == Health.OK || leg.health == Health.DEGRADED);
    boolean forgives = kind != MailPath.Kind.INTERNAL || judged.health != Health.FAILING;
    String reason =
        "leg %s (%d of %d %s): %s"
            .formatted(worst.getKey(), like, legs.size(), judged.health.word(), judged.reason);
    return new PathHealth(works && forgives ? Health.DEGRADED : judged.health, reason);
  }

  /// A leg that was not sent yet says nothing against those that were.
  private static int rank(Health health) {
    return switch (health) {
      case FAILING -> 0;
      case DEFERRING -> 1;
      case BLIND -> 2;
      case DEGRADED -> 3;
      case PAUSED -> 4;
      case OK -> 5;
      case PENDING -> 6;
    };
  }

  /// With what is wrong with what the path depends on taken into account.
  public PathHealth with(Optional<String> latent) {
    return health.isWorseThan(Health.PENDING) || health == Health.PAUSED
        ? this
        : latent.map(words -> new PathHealth(Health.DEGRADED, words)).orElse(this);
  }

  /// While all is well, with what is good to know beside.
  public PathHealth noting(List<String> notes) {
    return health == Health.OK && !notes.isEmpty()
        ? new PathHealth(health, reason + "; " + String.join("; ", notes))
        : this;
  }

  private static Optional<PathHealth> unseen(List<Mark> marks, View view, Instant now) {
    if (view.blind().isPresent()) {
      return view.blind().map(why -> new PathHealth(Health.BLIND, why));
    }
    if (!marks.isEmpty() && marks.getLast().start().plus(view.silentAfter()).isBefore(now)) {
      return Optional.of(
          new PathHealth(
              Health.BLIND,
              "no canary was sent for "
                  + Words.of(Duration.between(marks.getLast().start(), now))));
    }
    return Optional.empty();
  }

  private static PathHealth told(List<Mark> marks, Expectation expect, Instant now) {
    List<PathHealth> recent = new ArrayList<>();
    for (int i = marks.size() - 1; i >= 0 && recent.size() < RECENT; i--) {
      says(marks.get(i), expect, now).ifPresent(recent::add);
    }
    if (recent.isEmpty()) {
      return new PathHealth(Health.PENDING, "no result yet");
    }
    PathHealth newest = flow(marks, expect, now).orElse(recent.getFirst());
    if (newest.health.isWorseThan(Health.DEGRADED)) {
      return Blocked.by(marks, now)
          .filter(_ -> newest.health == Health.DEFERRING)
          .map(why -> new PathHealth(Health.DEFERRING, why))
          .orElse(newest);
    }
    PathHealth worst = recent.stream().min((a, b) -> a.health.compareTo(b.health)).orElse(newest);
    if (worst.health.isWorseThan(Health.DEGRADED)) {
      long bad = recent.stream().filter(one -> one.health.isWorseThan(Health.DEGRADED)).count();
      return new PathHealth(
          Health.DEGRADED,
          "%d of the last %d canaries: %s".formatted(bad, recent.size(), worst.reason));
    }
    return worst;
  }

  /// What the newest canary says of which more is known than that it did not come yet; worse, where
  /// those after it stay away for worse. Silence never makes anything better.
  private static Optional<PathHealth> flow(List<Mark> marks, Expectation expect, Instant now) {
    Optional<PathHealth> worst = Optional.empty();
    for (Mark mark : marks.reversed()) {
      Optional<PathHealth> said = says(mark, expect, now);
      if (said.isPresent() && worst.stream().noneMatch(one -> !said.get().isWorseThan(one))) {
        worst = said;
      }
      if (said.isPresent() && !isSilent(mark)) {
        return worst;
      }
    }
    return worst;
  }

  private boolean isWorseThan(PathHealth other) {
    return health.isWorseThan(other.health);
  }

  private static boolean isSilent(Mark mark) {
    return switch (mark.state()) {
      case Pending _, InTransit _, Overdue _ -> true;
      case Deferred _,
          Delivered _,
          DeliveredLate _,
          Misfiled _,
          Bounced _,
          Rejected _,
          Lost _,
          Unobservable _ ->
          false;
    };
  }

  /// What one canary says; nothing while it is on its way in good time, when it is not known
  /// whether it was sent, and when it could not be seen.
  private static Optional<PathHealth> says(Mark mark, Expectation expect, Instant now) {
    return switch (expect.outcome()) {
      case DELIVERED -> of(mark, expect, now);
      case REJECTED -> toBeRejected(mark, expect, now);
      case BOUNCED -> toBounce(mark, expect, now);
      case MISFILED -> toBeMisfiled(mark, expect, now);
    };
  }

  private static Optional<PathHealth> of(Mark mark, Expectation expect, Instant now) {
    return switch (mark.state()) {
      case Delivered _ -> Optional.of(delivered(mark, expect));
      case DeliveredLate _ -> say(Health.DEGRADED, "delivered late" + took(mark));
      case Misfiled _ -> say(Health.DEGRADED, said("misfiled", mark));
      case Deferred _ ->
          isWaitedOut(mark, expect, now)
              ? greylisted(mark, expect, now)
              : say(Health.DEFERRING, said("deferred", mark));
      case Overdue _ ->
          say(
              Health.DEFERRING,
              "no proof of arrival after " + Words.of(Duration.between(mark.start(), now)));
      case Rejected _ -> say(Health.FAILING, said("rejected", mark));
      case Bounced _ -> say(Health.FAILING, said("bounced", mark));
      case Lost _ -> say(Health.FAILING, "lost: no trace after " + Words.of(expect.lostAfter()));
      case InTransit(boolean doubtful) ->
          !doubtful && late(mark, expect.within(), now)
              ? say(
                  Health.DEGRADED,
                  "slow: not there after " + Words.of(Duration.between(mark.start(), now)))
              : Optional.empty();
      // A server that neither takes nor refuses it for minutes.
      case Pending _ ->
          late(mark, expect.within(), now)
              ? say(
                  late(mark, expect.overdueAfter(), now) ? Health.DEFERRING : Health.DEGRADED,
                  "slow: not handed over after " + Words.of(Duration.between(mark.start(), now)))
              : Optional.empty();
      case Unobservable _ -> Optional.empty();
    };
  }

  private static Optional<PathHealth> toBeRejected(Mark mark, Expectation expect, Instant now) {
    return switch (mark.state()) {
      case Rejected _ -> say(Health.OK, said("rejected, as it should be", mark));
      case Bounced _ -> say(Health.DEGRADED, said("bounced instead of being rejected", mark));
      case Delivered _, DeliveredLate _, Misfiled _ ->
          say(Health.FAILING, "delivered: it should have been rejected");
      case Overdue _, Lost _ -> say(Health.FAILING, "taken: it should have been rejected");
      case InTransit(boolean doubtful) ->
          doubtful ? Optional.empty() : say(Health.FAILING, "taken: it should have been rejected");
      case Pending _, Deferred _, Unobservable _ -> of(mark, expect, now);
    };
  }

  private static Optional<PathHealth> toBounce(Mark mark, Expectation expect, Instant now) {
    Duration age = Duration.between(mark.start(), now);
    return switch (mark.state()) {
      case Bounced _ -> say(Health.OK, said("bounced, as it should", mark));
      case Rejected _ -> say(Health.DEGRADED, said("rejected at once instead of bouncing", mark));
      case Delivered _, DeliveredLate _, Misfiled _ ->
          say(Health.FAILING, "delivered: it should have bounced");
      case Overdue _ ->
          say(Health.FAILING, "no bounce after " + Words.of(age) + ": it should have bounced");
      case Lost _ ->
          say(
              Health.FAILING,
              "lost: neither a bounce nor an arrival after " + Words.of(expect.lostAfter()));
      case InTransit(boolean doubtful) ->
          !doubtful && late(mark, expect.within(), now)
              ? say(Health.DEGRADED, "slow: no bounce after " + Words.of(age))
              : Optional.empty();
      case Pending _, Deferred _, Unobservable _ -> of(mark, expect, now);
    };
  }

  private static Optional<PathHealth> toBeMisfiled(Mark mark, Expectation expect, Instant now) {
    return switch (mark.state()) {
      case Misfiled _ -> say(Health.OK, said("misfiled, as it should be", mark));
      case Delivered _, DeliveredLate _ ->
          say(Health.FAILING, "delivered: it should have been misfiled");
      case Rejected _ -> say(Health.DEGRADED, said("rejected instead of being misfiled", mark));
      case Bounced _ -> say(Health.DEGRADED, said("bounced instead of being misfiled", mark));
      case Pending _, Deferred _, InTransit _, Overdue _, Lost _, Unobservable _ ->
          of(mark, expect, now);
    };
  }

  /// Greylisting is a wait and no trouble, as long as it ends in time (RFC 6647 §2).
  private static boolean isWaitedOut(Mark mark, Expectation expect, Instant now) {
    return mark.cause() == Cause.GREYLIST && !late(mark, expect.overdueAfter(), now);
  }

  private static Optional<PathHealth> greylisted(Mark mark, Expectation expect, Instant now) {
    return late(mark, expect.within(), now)
        ? say(Health.DEGRADED, said("slow: greylisted", mark))
        : Optional.empty();
  }

  private static boolean late(Mark mark, Duration limit, Instant now) {
    return mark.start().plus(limit).isBefore(now);
  }

  private static PathHealth delivered(Mark mark, Expectation expect) {
    if (mark.altered()) {
      return new PathHealth(Health.DEGRADED, "delivered with its content changed on the way");
    }
    if (mark.copies() > 1) {
      return new PathHealth(Health.DEGRADED, "delivered %d times".formatted(mark.copies()));
    }
    Duration latency = mark.latency();
    if (latency != null && latency.compareTo(expect.within()) > 0) {
      return new PathHealth(
          Health.DEGRADED,
          "slow: delivered after %s, %s was promised"
              .formatted(Words.of(latency), Words.of(expect.within())));
    }
    Optional<String> unproven = AuthenticationPromise.broken(mark.authentication(), expect);
    if (unproven.isPresent()) {
      return new PathHealth(Health.DEGRADED, "delivered, but " + unproven.get());
    }
    return new PathHealth(Health.OK, "delivered" + took(mark));
  }

  private static String took(Mark mark) {
    Duration latency = mark.latency();
    String took = latency == null ? "" : " in " + Words.of(latency);
    return mark.words().endsWith(Words.TAKEN_BACK) ? took + "; " + Words.TAKEN_BACK : took;
  }

  private static String said(String what, Mark mark) {
    return mark.words().isEmpty() ? what : what + ": " + mark.words();
  }

  private static Optional<PathHealth> say(Health health, String reason) {
    return Optional.of(new PathHealth(health, reason));
  }
}
