package io.mailcanary.schedule;

import java.time.Duration;
import java.time.Instant;

/// The instants that some paths share: one trigger.
sealed interface Slot {
  /// Tells slots apart, and is all that a trigger carries: equal slots of two plans are the same
  /// trigger, which is therefore left alone when a plan is replaced.
  String key();

  /// Every instant `t` with `t mod period = offset`, counted from the epoch, so that all replicas
  /// and all restarts mean the same instants.
  record Periodic(Duration period, Duration offset) implements Slot {
    @Override
    public String key() {
      return "every " + period + " at " + offset;
    }

    /// The first instant of this slot that is not before `from`.
    Instant next(Instant from) {
      long since = Math.floorMod(from.toEpochMilli() - offset.toMillis(), period.toMillis());
      Instant floor = Instant.ofEpochMilli(from.toEpochMilli() - since);
      return floor.isBefore(from) ? floor.plus(period) : floor;
    }
  }

  /// The times of a Quartz cron expression, in UTC.
  record Timetable(String expression) implements Slot {
    /// Trigger names have 200 characters at most; of a longer expression nothing is lost but that
    /// it can be read in the table.
    private static final int READABLE = 150;

    @Override
    public String key() {
      return "cron "
          + (expression.length() <= READABLE
              ? expression
              : Long.toHexString(StableHash.of(expression)));
    }
  }
}
