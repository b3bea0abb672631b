package io.mailcanary.mailbox;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// When a mailbox had a message, and how well that is known.
record ArrivalTime(Instant at, Duration resolution) {
  private static final Duration SECOND = Duration.ofSeconds(1);

  /// The longest gap between two looks that still is one moment.
  static final Duration MOMENT = Duration.ofSeconds(2);

  /// What the time of an arrival is told from.
  ///
  /// @param seen when we saw the message
  /// @param notSeen when it was not there yet, as far as we know
  /// @param live whether we looked for it or were told, rather than found it afterwards
  record Glance(Instant seen, @Nullable Instant notSeen, boolean live) {
    /// A find that says nothing about its time.
    static Glance back(Instant seen) {
      return new Glance(seen, null, false);
    }
  }

  /// @param server the server's own time of arrival, in whole seconds
  static ArrivalTime of(Glance glance, @Nullable Instant server) {
    Instant seen = glance.seen();
    Duration gap = gap(glance);
    if (gap.compareTo(MOMENT) <= 0) {
      boolean before = server != null && !server.isAfter(seen);
      return new ArrivalTime(seen, before ? shorter(gap, Duration.between(server, seen)) : gap);
    }
    if (server == null || server.isAfter(seen)) {
      return new ArrivalTime(seen, shorter(gap, SECOND));
    }
    if (!glance.live()) {
      return new ArrivalTime(server, SECOND);
    }
    Instant end = server.plus(SECOND);
    Instant at = end.isAfter(seen) ? seen : end;
    return new ArrivalTime(at, Duration.between(server, at));
  }

  private static Duration gap(Glance glance) {
    Instant notSeen = glance.notSeen();
    if (notSeen == null) {
      return Duration.ofDays(1);
    }
    Duration gap = Duration.between(notSeen, glance.seen());
    return gap.isNegative() ? Duration.ZERO : gap;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }
}
