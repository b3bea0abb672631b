package io.mailcanary.schedule;

import io.mailcanary.path.Cadence;
import io.mailcanary.path.MailPath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Spreads paths over their cadence: each has its place by its name alone, whoever else is there,
/// and places are gathered into slots, so that few triggers serve many paths.
final class Slots {
  /// At most so many slots a period.
  static final int MOST = 60;

  private static final long NARROWEST_MILLIS = 1000;

  private Slots() {}

  /// The slot of a path. All paths of one cron expression share theirs: a hundred triggers due at
  /// the same instant would stand in line at the job store.
  static Slot of(String path, Cadence cadence) {
    return switch (cadence) {
      case Cadence.Every(Duration period) -> periodic(path, Math.max(1, period.toMillis()));
      case Cadence.Cron(String expression) -> new Slot.Timetable(expression.strip());
    };
  }

  private static Slot periodic(String path, long period) {
    long count = count(period);
    long place = Math.unsignedMultiplyHigh(StableHash.of(path), count);
    return new Slot.Periodic(Duration.ofMillis(period), Duration.ofMillis(place * period / count));
  }

  /// One slot a second, 60 at most, one at least.
  static long count(long periodMillis) {
    return Math.clamp(periodMillis / NARROWEST_MILLIS, 1, MOST);
  }

  /// Whom a replica of `site` serves, by slot, in the order of the plan.
  static Map<Slot, List<String>> group(Collection<MailPath> paths, String site) {
    Map<Slot, List<String>> slots = new LinkedHashMap<>();
    for (MailPath path : paths) {
      if (path.enabled() && path.isSentFrom(site)) {
        slots
            .computeIfAbsent(of(path.name(), path.cadence()), _ -> new ArrayList<>())
            .add(path.name());
      }
    }
    slots.replaceAll((_, names) -> List.copyOf(names));
    return slots;
  }
}
