package io.mailcanary.verdict;

import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Received;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Says where on its way a canary spent its time, though every server reads a clock of its own.
///
/// The difference of two clocks is transit, waiting and skew together. Its smallest value over a
/// week holds skew and plain transit alone; what is above that was waiting. Both ends are our own
/// clock, so what all hops waited together cannot be more than the whole took.
///
/// One per path and leg; its owner guards it against use by several threads.
public final class HopDelays {
  private static final Duration MEMORY = Duration.ofDays(7);
  private static final Duration DAY = Duration.ofDays(1);
  private static final int MOST_PAIRS = 200;
  private static final int MOST_HOSTS = 100;

  /// Skew below that harms nothing, and a slow transit can look like it.
  private static final Duration HARMFUL = ClockSkew.HARMFUL;

  private static final Duration STEP = Duration.ofSeconds(5);

  /// One wrong stamp is no wrong clock.
  private static final int IN_A_ROW = 3;

  /// There are very many paths, and most have few hops.
  private static final int FEW = 4;

  private final Map<String, Deque<Minimum>> minima = new LinkedHashMap<>(FEW, 0.75f, true);
  private final Map<String, Deque<Bounds>> clocks = new LinkedHashMap<>(FEW, 0.75f, true);

  /// The smallest difference seen in one day.
  private record Minimum(long day, Duration smallest) {}

  /// What one canary says of a host's clock.
  ///
  /// @param afterStart its stamp minus our start: it lags behind when negative
  /// @param beforeArrival our arrival minus its stamp: it runs ahead when negative
  private record Bounds(Instant stamp, Duration afterStart, Duration beforeArrival) {}

  /// @param ours whether it has its time from our own clock
  private record Stop(String name, Instant at, boolean ours) {}

  /// Takes a canary that arrived.
  ///
  /// @param startedAt when the attempt that succeeded began, by our clock
  /// @param hops in the order of travel
  /// @param arrivedAt when the mailbox had it, by our clock
  /// @return a delay for each pair of places that both have a time, in the order of travel
  public List<HopDelay> add(Instant startedAt, List<Received> hops, Instant arrivedAt) {
    List<Stop> stops = stops(startedAt, hops, arrivedAt);
    for (int i = 1; i + 1 < stops.size(); i++) {
      forgetIfStepped(stops.get(i - 1), stops.get(i), stops.get(i + 1));
    }
    List<HopDelay> raw = new ArrayList<>();
    for (int i = 1; i < stops.size(); i++) {
      raw.add(delay(stops.get(i - 1), stops.get(i), arrivedAt));
    }
    for (Stop stop : stops) {
      if (!stop.ours()) {
        look(stop, startedAt, arrivedAt);
      }
    }
    return scaled(raw, Duration.between(startedAt, arrivedAt));
  }

  /// Whose clock is wrong, as the newest canaries show it. Where all others go wrong in one
  /// direction, it is our own that is doubted.
  public List<Finding> skews() {
    Map<String, Duration> wrong = new LinkedHashMap<>();
    clocks.forEach((host, seen) -> {
      Duration skew = skew(seen);
      if (seen.size() == IN_A_ROW && skew.abs().compareTo(HARMFUL) > 0) {
        wrong.put(host, skew);
      }
    });
    boolean ours =
        wrong.size() > 1
            && wrong.size() == clocks.size()
            && wrong.values().stream().map(Duration::isNegative).distinct().count() == 1;
    List<Finding> findings = new ArrayList<>();
    if (ours) {
      findings.add(ClockSkew.ours(wrong, evidence(wrong.keySet())));
    } else {
      wrong.forEach((host, skew) -> findings.add(ClockSkew.of(host, skew, evidence(Set.of(host)))));
    }
    return findings;
  }

  private List<String> evidence(Set<String> hosts) {
    return hosts.stream()
        .flatMap(host ->
            clocks.getOrDefault(host, new ArrayDeque<>()).stream().map(one -> evidence(host, one)))
        .toList();
  }

  private static List<Stop> stops(Instant startedAt, List<Received> hops, Instant arrivedAt) {
    List<Stop> stops = new ArrayList<>();
    stops.add(new Stop(HopDelay.PROBE, startedAt, true));
    for (Received hop : hops) {
      String by = hop.by();
      Instant at = hop.at();
      if (by != null && at != null) {
        stops.add(new Stop(by.toLowerCase(Locale.ROOT), at, false));
      }
    }
    stops.add(new Stop(HopDelay.MAILBOX, arrivedAt, true));
    return stops;
  }

  private HopDelay delay(Stop from, Stop to, Instant now) {
    Duration measured = Duration.between(from.at(), to.at());
    Duration usual = smallest(pair(from, to), measured, now);
    return new HopDelay(from.name(), to.name(), measured, measured.minus(usual));
  }

  /// A clock that was set is seen on both sides: what it takes to get there is longer than ever and
  /// what it takes from there is shorter than ever, or the other way round. What was usual before
  /// is worth nothing then.
  private void forgetIfStepped(Stop before, Stop here, Stop after) {
    Duration in = change(before, here);
    Duration out = change(here, after);
    if (in.compareTo(STEP) > 0 && out.compareTo(STEP.negated()) < 0
        || in.compareTo(STEP.negated()) < 0 && out.compareTo(STEP) > 0) {
      minima.remove(pair(before, here));
      minima.remove(pair(here, after));
    }
  }

  private Duration change(Stop from, Stop to) {
    Deque<Minimum> days = minima.get(pair(from, to));
    Duration measured = Duration.between(from.at(), to.at());
    return days == null
        ? Duration.ZERO
        : measured.minus(
            days.stream().map(Minimum::smallest).reduce(HopDelays::min).orElse(measured));
  }

  private static String pair(Stop from, Stop to) {
    return from.name() + '\0' + to.name();
  }

  private Duration smallest(String pair, Duration measured, Instant now) {
    Deque<Minimum> days = minima.computeIfAbsent(pair, _ -> new ArrayDeque<>(1));
    long today = now.getEpochSecond() / DAY.toSeconds();
    days.removeIf(day -> Math.abs(today - day.day()) >= MEMORY.toDays());
    Minimum newest = days.peekLast();
    if (newest != null && newest.day() == today) {
      days.removeLast();
      days.addLast(new Minimum(today, min(newest.smallest(), measured)));
    } else {
      days.addLast(new Minimum(today, measured));
    }
    forgetEldest(minima, MOST_PAIRS);
    return days.stream().map(Minimum::smallest).reduce(measured, HopDelays::min);
  }

  private void look(Stop stop, Instant startedAt, Instant arrivedAt) {
    Deque<Bounds> seen = clocks.computeIfAbsent(stop.name(), _ -> new ArrayDeque<>(IN_A_ROW + 1));
    seen.addLast(
        new Bounds(
            stop.at(),
            Duration.between(startedAt, stop.at()),
            Duration.between(stop.at(), arrivedAt)));
    if (seen.size() > IN_A_ROW) {
      seen.removeFirst();
    }
    forgetEldest(clocks, MOST_HOSTS);
  }

  private static <V> void forgetEldest(Map<String, V> map, int most) {
    if (map.size() > most) {
      map.remove(map.keySet().iterator().next());
    }
  }

  /// All hops together waited no longer than the whole took.
  private static List<HopDelay> scaled(List<HopDelay> raw, Duration total) {
    Duration waited = raw.stream().map(HopDelay::excess).reduce(Duration.ZERO, Duration::plus);
    if (waited.compareTo(total) <= 0 || waited.isZero()) {
      return List.copyOf(raw);
    }
    double share = Math.max(0, total.toNanos()) / (double) waited.toNanos();
    return raw.stream()
        .map(one ->
            new HopDelay(
                one.from(),
                one.to(),
                one.measured(),
                Duration.ofNanos((long) (one.excess().toNanos() * share))))
        .toList();
  }

  /// By how much a clock is wrong at least: nobody has a message before it was sent or after it
  /// arrived. The mildest of the canaries counts.
  private static Duration skew(Deque<Bounds> seen) {
    Duration behind = seen.stream().map(Bounds::afterStart).reduce(HopDelays::max).orElseThrow();
    Duration ahead = seen.stream().map(Bounds::beforeArrival).reduce(HopDelays::max).orElseThrow();
    return behind.isNegative() ? behind : ahead.isNegative() ? ahead.negated() : Duration.ZERO;
  }

  private static String evidence(String host, Bounds one) {
    return "%s wrote %s; by our clock it was sent at %s and had arrived at %s"
        .formatted(
            host,
            one.stamp(),
            one.stamp().minus(one.afterStart()),
            one.stamp().plus(one.beforeArrival()));
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
