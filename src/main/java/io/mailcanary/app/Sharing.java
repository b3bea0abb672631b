package io.mailcanary.app;

import io.mailcanary.canary.Canary;
import io.mailcanary.prober.Prober;
import io.mailcanary.runtime.Aside;
import io.mailcanary.schedule.Members;
import io.mailcanary.schedule.ReplicaId;
import io.mailcanary.schedule.Schedule;
import io.mailcanary.schedule.Watchers;
import io.mailcanary.store.CanaryStore;
import io.mailcanary.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// On a database that several replicas share: which of them does what follows from who is alive.
/// Canaries of a replica that is gone are taken over, those that were taken from us are given.
final class Sharing {
  private static final Logger LOG = LoggerFactory.getLogger(Sharing.class);

  /// Whoever was away for longer may have been thought dead.
  private static final Duration AWAY = Duration.ofSeconds(5);

  /// What was written while we were away comes on record a little later.
  private static final Duration UNSURE = Duration.ofSeconds(30);

  /// Even where nobody came or went.
  private static final Duration REVIEW = Duration.ofMinutes(1);

  private static final int AT_ONCE = 500;

  private final Prober prober;
  private final CanaryStore store;
  private final InstantSource clock;
  private final Aside looking = new Aside("sharing");
  private Optional<Instant> lastLook = Optional.empty();
  private Instant unsureUntil = Instant.MIN;
  private Instant nextReview = Instant.MIN;
  private Set<String> lastMarks = Set.of();

  Sharing(Prober prober, CanaryStore store, InstantSource clock) {
    this.prober = prober;
    this.store = store;
    this.clock = clock;
  }

  /// Looks on a thread of its own, unless a look is under way.
  void look(Schedule schedule, String site, Instant now) {
    looking.run(() -> {
      try {
        lookNow(schedule, site, now);
      } catch (StoreException e) {
        LOG.debug("who takes care of which canary is not known: {}", e.getMessage());
      }
    });
  }

  private void lookNow(Schedule schedule, String site, Instant now) {
    Members here = schedule.membership().alive();
    Members everywhere = schedule.everywhere().alive();
    prober.share(mailbox -> Watchers.isOurs("mailbox " + mailbox, here), everywhere.all().size());
    prober.pauses(store.paused());
    giveBack(now);
    takeOver(everywhere, site, now);
    lastLook = Optional.of(clock.instant());
  }

  private void giveBack(Instant now) {
    if (lastLook.filter(last -> last.plus(AWAY).isBefore(now)).isPresent()) {
      unsureUntil = now.plus(UNSURE);
    }
    if (now.isBefore(unsureUntil) || !now.isBefore(nextReview)) {
      prober.giveWhatWasTaken();
    }
  }

  private void takeOver(Members everywhere, String site, Instant now) {
    Set<String> marks =
        everywhere.all().stream()
            .flatMap(member -> ReplicaId.markOf(member).stream())
            .collect(Collectors.toSet());
    if (marks.equals(lastMarks) && now.isBefore(nextReview)) {
      return;
    }
    // While a version lives that does not say so, it may be the one.
    boolean allSay = marks.size() == everywhere.all().size();
    List<Canary> orphans;
    do {
      orphans = store.takeOver(site, marks, allSay, AT_ONCE);
      if (!orphans.isEmpty()) {
        LOG.info("{} canaries of replicas that are gone are taken over", orphans.size());
        prober.takeOver(orphans);
      }
    } while (orphans.size() == AT_ONCE);
    lastMarks = marks;
    nextReview = now.plus(REVIEW);
  }
}
