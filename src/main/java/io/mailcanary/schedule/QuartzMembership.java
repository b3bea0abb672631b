package io.mailcanary.schedule;

import io.mailcanary.schedule.ClusterState.CheckIn;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who has checked in with Quartz of late. A member counts as gone exactly when Quartz's own
/// cluster management gives its triggers to others.
final class QuartzMembership implements Membership {
  /// Quartz allows so much beyond the interval (`JobStoreSupport.calcFailedIfAfter`).
  static final Duration GRACE = Duration.ofMillis(7500);

  private static final Logger log = LoggerFactory.getLogger(QuartzMembership.class);

  private final CheckIns checkIns;
  private final String whose;
  private final String self;
  private final InstantSource clock;
  private Members last;
  private boolean blind;

  /// Where the check-ins are read.
  @FunctionalInterface
  interface CheckIns {
    List<CheckIn> read() throws SQLException;
  }

  private QuartzMembership(CheckIns checkIns, String whose, String self, InstantSource clock) {
    this.checkIns = checkIns;
    this.whose = whose;
    this.self = self;
    this.clock = clock;
    this.last = new Members(self, List.of(self), clock.instant());
  }

  /// The replicas of one site.
  static QuartzMembership ofSite(ClusterState state, String self, InstantSource clock) {
    return new QuartzMembership(state::checkIns, "Replicas alive", self, clock);
  }

  /// All that share the database.
  static QuartzMembership ofAllSites(ClusterState state, String self, InstantSource clock) {
    return new QuartzMembership(
        state::checkInsAnywhere, "Replicas alive at all sites", self, clock);
  }

  @Override
  public synchronized Members alive() {
    try {
      Instant now = clock.instant();
      List<String> ids = alive(checkIns.read(), self, now);
      if (!ids.equals(last.all())) {
        last = new Members(self, ids, now);
        log.info("{}: {}", whose, ids);
      }
      blind = false;
    } catch (SQLException failure) {
      if (!blind) {
        log.warn("Cannot read which replicas are alive: {}", failure.toString());
      }
      blind = true;
    }
    return last;
  }

  /// When we ourselves have not checked in, the others get the same time more: it was we who were
  /// frozen or without the database, not they.
  static List<String> alive(List<CheckIn> checkIns, String self, Instant now) {
    Duration ownGap =
        checkIns.stream()
            .filter(checkIn -> checkIn.member().equals(self))
            .map(checkIn -> Duration.between(checkIn.last(), now))
            .findAny()
            .orElse(Duration.ZERO);
    Stream<String> others =
        checkIns.stream()
            .filter(checkIn -> {
              Duration allowed =
                  checkIn.interval().compareTo(ownGap) > 0 ? checkIn.interval() : ownGap;
              return !now.isAfter(checkIn.last().plus(allowed).plus(GRACE));
            })
            .map(CheckIn::member);
    return Stream.concat(Stream.of(self), others).distinct().sorted().toList();
  }
}
