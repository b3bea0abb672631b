package io.mailcanary.prober;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.canary.HopWait;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Received;
import io.mailcanary.path.Cadence;
import io.mailcanary.path.MailPath;
import io.mailcanary.runtime.LegView;
import io.mailcanary.runtime.PathView;
import io.mailcanary.verdict.Fate;
import io.mailcanary.verdict.HopDelays;
import io.mailcanary.verdict.Latency;
import io.mailcanary.verdict.Mark;
import io.mailcanary.verdict.PathHealth;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What the newest canaries of one path say of it. Guarded by its own monitor.
final class PathBook {
  /// How many canaries a verdict, a quantile and a share are drawn from.
  static final int KEPT = 100;

  private static final int ENOUGH = 20;
  private static final Duration QUICKEST_DOUBT = Duration.ofSeconds(1);

  /// With legs, how many canaries of each are kept on average.
  private static final int KEPT_OF_A_LEG = 20;

  /// Legs: there are very many paths, and most have one.
  private static final int FEW = 2;

  private final Map<String, LookPlan> looks = new HashMap<>(FEW);
  private final Marks marks = new Marks();
  private final Map<String, Instant> lastBurst = new HashMap<>(FEW);
  private final Map<String, HopDelays> hops = new HashMap<>(FEW);
  private final Map<String, Instant> lastDeliveredOn = new HashMap<>(FEW);
  private List<String> legs = List.of("");
  private MailPath path;
  private @Nullable Instant pausedSince;
  private @Nullable Instant lastDelivered;
  private @Nullable PathView view;
  private Optional<String> shownBlind = Optional.empty();
  private Optional<String> latent = Optional.empty();
  private Optional<String> passedOver = Optional.empty();
  private Duration usual = Duration.ZERO;
  private Instant silentAt = Instant.MAX;
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

  /// It has these legs from now on; what is known of others says nothing any more.
  ///
  /// @param names one at least
  synchronized void legs(List<String> names) {
    legs = List.copyOf(names);
    looks.keySet().retainAll(names);
    hops.keySet().retainAll(names);
    lastBurst.keySet().retainAll(names);
    lastDeliveredOn.keySet().retainAll(parts());
    stale = true;
  }

  /// What is judged by itself: each leg, from each site where several send the path.
  private List<String> parts() {
    return path.sites().size() < 2
        ? legs
        : path.sites().stream()
            .flatMap(site -> legs.stream().map(leg -> path.part(leg, site)))
            .toList();
  }

  /// Learns where on its way a canary that has just arrived spent its time.
  synchronized List<HopWait> waits(Canary canary, List<Received> way, Instant arrivedAt) {
    return hops
        .computeIfAbsent(canary.leg(), _ -> new HopDelays())
        .add(canary.start(), way, arrivedAt)
        .stream()
        .map(delay -> new HopWait(delay.from(), delay.to(), delay.measured(), delay.excess()))
        .toList();
  }

  /// Whose clocks on its way are wrong.
  synchronized List<Finding> skews() {
    Map<String, Finding> byHost = new TreeMap<>();
    hops.values().stream()
        .flatMap(leg -> leg.skews().stream())
        .forEach(one -> byHost.putIfAbsent(one.name(), one));
    return List.copyOf(byHost.values());
  }

  /// When to look for the canaries of a leg.
  synchronized LookPlan looks(String leg) {
    return looks.computeIfAbsent(leg, _ -> new LookPlan());
  }

  synchronized void pause(Instant since) {
    pausedSince = since;
    stale = true;
  }

  /// @param since null: it is not paused
  /// @return whether that is news
  synchronized boolean pauses(@Nullable Instant since) {
    boolean news = (since == null) != (pausedSince == null);
    if (news) {
      pausedSince = since;
      stale = true;
    }
    return news;
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

  /// Its turn came and no canary was sent.
  ///
  /// @param why a sentence
  synchronized void passedOver(String why) {
    passedOver = Optional.of(why);
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
    if (marks.put(Mark.of(canary, words))) {
      passedOver = Optional.empty();
    }
    stale = true;
    if (marks.size() > Math.max(KEPT, KEPT_OF_A_LEG * parts().size())) {
      marks.dropOldest();
    }
    if (canary.arrival() != null && !(canary.state() instanceof CanaryState.Misfiled)) {
      Instant at = canary.arrival().at();
      lastDelivered = lastDelivered == null || at.isAfter(lastDelivered) ? at : lastDelivered;
      if (legs.contains(canary.leg())) {
        String part = path.part(canary.leg(), canary.site());
        lastDeliveredOn.merge(part, at, (one, two) -> one.isAfter(two) ? one : two);
      }
    }
  }

  /// Notes how a canary stands by the record, which knows less words than we may.
  synchronized void learn(Canary canary, String words) {
    Optional<Mark> known = marks.find(canary.id()).filter(m -> m.state().equals(canary.state()));
    note(canary, known.map(Mark::words).orElse(words));
  }

  /// The time by which nearly every canary has arrived: doubts begin after it.
  synchronized Duration usual() {
    Duration within = path.expect().within();
    return marks.size() < ENOUGH || usual.compareTo(within) > 0 ? within : usual;
  }

  synchronized Optional<Instant> lastDelivered() {
    return Optional.ofNullable(lastDelivered);
  }

  synchronized Optional<Instant> lastBurst(String leg) {
    return Optional.ofNullable(lastBurst.get(leg));
  }

  synchronized void burst(String leg, Instant at) {
    lastBurst.put(leg, at);
  }

  /// Whether it may have to be shown anew although nobody tells: one without a canary waits for its
  /// reader.
  synchronized boolean moves(Instant now) {
    return stale
        || view == null
        || marks.isEmpty()
        || view.inFlight() > 0
        || silentAt.isBefore(now);
  }

  /// The path as it is now.
  ///
  /// @param blind why its mailbox cannot be seen
  synchronized PathView view(Optional<String> blind, Instant now) {
    PathView before = view;
    if (before != null && !moves(now) && blind.equals(shownBlind)) {
      return before;
    }
    List<Mark> known = marks.all().stream().filter(mark -> legs.contains(mark.leg())).toList();
    List<LegView> legViews = parts().size() == 1 ? List.of() : legViews(known, blind, now);
    PathHealth health =
        legViews.isEmpty()
            ? PathHealth.of(
                known,
                path.expect(),
                new PathHealth.View(isPaused(), blind, silentAfter(), latent),
                now)
            : together(legViews).with(latent);
    health = health.because(passedOver);
    health = health.noting(skews().stream().map(Finding::message).toList());
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
            lastDelivered,
            legViews);
    view = after;
    shownBlind = blind;
    silentAt = marks.isEmpty() ? Instant.MAX : marks.newest().start().plus(silentAfter());
    stale = false;
    return after;
  }

  private List<LegView> legViews(List<Mark> known, Optional<String> blind, Instant now) {
    // Turns make each leg's canaries rarer.
    Duration silent = silentAfter().multipliedBy(legs.size());
    PathHealth.View seen = new PathHealth.View(isPaused(), blind, silent);
    Map<String, LegView> before = new HashMap<>();
    if (view != null) {
      view.legs().forEach(leg -> before.put(leg.name(), leg));
    }
    Map<String, List<Mark>> byLeg =
        known.stream()
            .collect(
                Collectors.groupingBy(
                    mark -> path.part(mark.leg(), mark.site()), Collectors.toList()));
    return parts().stream()
        .map(leg -> {
          List<Mark> own = byLeg.getOrDefault(leg, List.of());
          PathHealth health = PathHealth.of(own, path.expect(), seen, now);
          LegView old = before.get(leg);
          Instant since =
              old != null && old.health().health() == health.health() ? old.since() : now;
          Latency latency = Latency.of(own, now);
          return new LegView(
              leg,
              health,
              since,
              latency.quantile(0.5).orElse(null),
              latency.quantile(0.9).orElse(null),
              latency.quantile(0.99).orElse(null),
              share(own),
              lastDeliveredOn.get(leg));
        })
        .toList();
  }

  private PathHealth together(List<LegView> legViews) {
    Map<String, PathHealth> healths = new LinkedHashMap<>();
    legViews.forEach(leg -> healths.put(leg.name(), leg.health()));
    return PathHealth.together(healths, path.kind());
  }

  private Duration doubtAfter(Latency latency) {
    Duration longest = latency.quantile(0.999).orElse(path.expect().within()).multipliedBy(2);
    return longest.compareTo(QUICKEST_DOUBT) < 0 ? QUICKEST_DOUBT : longest;
  }

  private @Nullable Double share(List<Mark> marks) {
    Map<Fate, Long> fates =
        marks.stream()
            .collect(
                Collectors.groupingBy(
                    mark -> Fate.of(mark.state(), path.expect().outcome()), Collectors.counting()));
    long good = fates.getOrDefault(Fate.AS_PROMISED, 0L);
    long decided = good + fates.getOrDefault(Fate.OTHERWISE, 0L);
    return decided == 0 ? null : (double) good / decided;
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
