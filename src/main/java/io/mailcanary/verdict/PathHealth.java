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
import io.mailcanary.path.Expectation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How a path is and why, judged from what its newest canaries say.
///
/// The newest canary that says anything decides whether mail flows now. When it says that it does,
/// the two before it decide whether that is settled: one failure among the last three leaves the
/// path degraded. Silence says nothing good: a path whose canaries stopped coming is blind.
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
    PathHealth told = withLatent(told(marks, expect, now), view.latent());
    Optional<PathHealth> unseen = unseen(marks, view, now);
    return unseen.filter(blind -> !told.health.isWorseThan(blind.health)).orElse(told);
  }

  private static PathHealth withLatent(PathHealth told, Optional<String> latent) {
    return told.health.isWorseThan(Health.PENDING)
        ? told
        : latent.map(words -> new PathHealth(Health.DEGRADED, words)).orElse(told);
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
    PathHealth newest = recent.getFirst();
    if (newest.health.isWorseThan(Health.DEGRADED)) {
      return newest;
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

  /// What one canary says; nothing while it is on its way in good time, when it is not known
  /// whether it was sent, and when it could not be seen.
  private static Optional<PathHealth> says(Mark mark, Expectation expect, Instant now) {
    return switch (mark.state()) {
      case Delivered _ -> Optional.of(delivered(mark, expect));
      case DeliveredLate _ -> say(Health.DEGRADED, "delivered late" + took(mark));
      case Misfiled _ -> say(Health.DEGRADED, said("misfiled", mark));
      case Deferred _ -> say(Health.DEFERRING, said("deferred", mark));
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
    return new PathHealth(Health.OK, "delivered" + took(mark));
  }

  private static String took(Mark mark) {
    Duration latency = mark.latency();
    return latency == null ? "" : " in " + Words.of(latency);
  }

  private static String said(String what, Mark mark) {
    return mark.words().isEmpty() ? what : what + ": " + mark.words();
  }

  private static Optional<PathHealth> say(Health health, String reason) {
    return Optional.of(new PathHealth(health, reason));
  }
}
