package io.mailcanary.prober;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.path.Cadence;
import io.mailcanary.path.MailPath;
import io.mailcanary.runtime.PathView;
import io.mailcanary.verdict.Latency;
import io.mailcanary.verdict.Mark;
import io.mailcanary.verdict.PathHealth;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the newest canaries of one path say of it. Guarded by its own monitor.
final class PathBook {
  /// How many canaries a verdict, a quantile and a share are drawn from.
  static final int KEPT = 100;

  private static final int ENOUGH = 20;
  private static final Duration QUICKEST_DOUBT = Duration.ofSeconds(1);

  final LookPlan looks = new LookPlan();

  private final TreeMap<CanaryId, Mark> marks = new TreeMap<>();
  private MailPath path;
  private @Nullable Instant pausedSince;
  private @Nullable Instant lastBurst;
  private @Nullable Instant lastDelivered;
  private @Nullable PathView view;
  private Optional<String> shownBlind = Optional.empty();
  private Optional<String> latent = Optional.empty();
  private Duration usual = Duration.ZERO;
  private boolean stale = true;

  PathBook(MailPath path) {
    this.path = path;
  }

  synchronized MailPath path() {
    return path;
  }

  synchronized void become(MailPath next) {
    path = next;
    stale = true;
  }

  synchronized void pause(Instant since) {
    pausedSince = since;
    stale = true;
  }

  synchronized void resume() {
    pausedSince = null;
    stale = true;
  }

  /// What a watcher finds wrong with what the path depends on.
  synchronized void concern(Optional<String> words) {
    latent = words;
    stale = true;
  }

  synchronized boolean isPaused() {
    return pausedSince != null || !path.enabled();
  }

  synchronized boolean isEmpty() {
    return marks.isEmpty();
  }

  /// Notes how a canary stands.
  synchronized void note(Canary canary, String words) {
    marks.put(canary.id(), Mark.of(canary, words));
    stale = true;
    if (marks.size() > KEPT) {
      marks.pollFirstEntry();
    }
    if (canary.arrival() != null && !(canary.state() instanceof CanaryState.Misfiled)) {
      Instant at = canary.arrival().at();
      lastDelivered = lastDelivered == null || at.isAfter(lastDelivered) ? at : lastDelivered;
    }
  }

  /// The time by which nearly every canary has arrived: doubts begin after it.
  synchronized Duration usual() {
    Duration within = path.expect().within();
    return marks.size() < ENOUGH || usual.compareTo(within) > 0 ? within : usual;
  }

  synchronized Optional<Instant> lastBurst() {
    return Optional.ofNullable(lastBurst);
  }

  synchronized void burst(Instant at) {
    lastBurst = at;
  }

  /// The path as it is now.
  ///
  /// @param blind why its mailbox cannot be seen
  synchronized PathView view(Optional<String> blind, Instant now) {
    PathView before = view;
    boolean moves = before == null || before.inFlight() > 0 || isSilent(now);
    if (before != null && !stale && !moves && blind.equals(shownBlind)) {
      return before;
    }
    List<Mark> known = List.copyOf(marks.values());
    PathHealth health =
        PathHealth.of(
            known,
            path.expect(),
            new PathHealth.View(isPaused(), blind, silentAfter(), latent),
            now);
    boolean same = before != null && before.health().health() == health.health();
    Latency latency = Latency.of(known, now);
    usual = doubtAfter(latency);
    List<Mark> open = known.stream().filter(mark -> !mark.state().isSettled()).toList();
    PathView after =
        new PathView(
            path,
            health,
            same && before != null ? before.since() : now,
            latency.quantile(0.5).orElse(null),
            latency.quantile(0.9).orElse(null),
            latency.quantile(0.99).orElse(null),
            share(known),
            open.size(),
            open.isEmpty() ? null : open.getFirst().start(),
            lastDelivered);
    view = after;
    shownBlind = blind;
    stale = false;
    return after;
  }

  private boolean isSilent(Instant now) {
    return !marks.isEmpty()
        && marks.lastEntry().getValue().start().plus(silentAfter()).isBefore(now);
  }

  private Duration doubtAfter(Latency latency) {
    Duration longest = latency.quantile(0.999).orElse(path.expect().within()).multipliedBy(2);
    return longest.compareTo(QUICKEST_DOUBT) < 0 ? QUICKEST_DOUBT : longest;
  }

  private static @Nullable Double share(List<Mark> marks) {
    long settled =
        marks.stream()
            .filter(mark -> mark.state().isSettled() || mark.state() instanceof CanaryState.Overdue)
            .filter(mark -> !(mark.state() instanceof CanaryState.Unobservable))
            .count();
    long good =
        marks.stream().filter(mark -> mark.state() instanceof CanaryState.Delivered).count();
    return settled == 0 ? null : (double) good / settled;
  }

  private Duration silentAfter() {
    return switch (path.cadence()) {
      case Cadence.Every(Duration period) ->
          period.multipliedBy(3).plus(path.expect().overdueAfter());
      // Its gaps differ; a cron path that falls silent is seen by the schedule itself.
      case Cadence.Cron _ -> Duration.ofDays(400);
    };
  }
}
