package io.mailcanary.web;

import io.mailcanary.canary.Arrival;
import io.mailcanary.canary.Canary;
import io.mailcanary.store.StoredEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where one canary spent its time: our attempts, each hop, the mailbox, and we who saw it.
final class Waterfall {
  private static final double WIDTH = 1000;
  private static final double LEAST = 4;
  private static final int MOST = 40;

  private final Instant start;
  private final List<Leg> legs = new ArrayList<>();

  private record Leg(String label, Instant from, Instant to, String note, String kind) {}

  /// One line of it.
  ///
  /// @param took in words
  /// @param kind `ours`, `hop` or `refused`
  record Bar(String label, double x, double width, String took, String note, String kind) {}

  private Waterfall(Instant start) {
    this.start = start;
  }

  static List<Bar> of(Canary canary, List<StoredEvent> events) {
    Waterfall fall = new Waterfall(canary.start());
    Instant reached = canary.start();
    for (StoredEvent event : events) {
      switch (event.kind()) {
        case "accepted" -> reached = fall.attempt(event, "");
        case "deferred" -> reached = fall.attempt(event, "refused for now · ");
        case "rejected" -> reached = fall.attempt(event, "refused for good · ");
        default -> {}
      }
    }
    Optional<StoredEvent> sighted =
        events.stream().filter(event -> event.kind().equals("sighted")).findFirst();
    if (sighted.isPresent()) {
      fall.hops(sighted.get(), reached);
    }
    Arrival arrival = canary.arrival();
    if (arrival != null) {
      fall.add(
          "seen in %s of %s".formatted(arrival.folder(), arrival.mailbox()),
          arrival.at(),
          arrival.bookedAt(),
          arrival.resolution().isZero()
              ? "after the mailbox had it"
              : "the arrival is known to ± " + Times.latency(arrival.resolution()),
          "ours");
    }
    return fall.bars();
  }

  private Instant attempt(StoredEvent event, String outcome) {
    Map<String, Object> detail = event.detail();
    Instant began = instant(detail.get("startedAt")).orElse(event.at());
    StringBuilder note = new StringBuilder(outcome);
    if (detail.get("times") instanceof Map<?, ?> times) {
      times.forEach((stage, millis) -> {
        if (millis instanceof Number number && number.doubleValue() >= 0.5) {
          note.append("%s %s · ".formatted(stage, millis(number.doubleValue())));
        }
      });
    }
    if (detail.get("tlsVersion") != null) {
      note.append(detail.get("tlsVersion")).append(" · ");
    }
    if (detail.get("queueId") != null) {
      note.append("queued as ").append(detail.get("queueId")).append(" · ");
    }
    String text = note.toString();
    add(
        "we → " + detail.getOrDefault("host", "the relay"),
        began,
        event.at(),
        text.endsWith(" · ") ? text.substring(0, text.length() - 3) : text,
        outcome.isEmpty() ? "ours" : "refused");
    return event.at();
  }

  private void hops(StoredEvent sighted, Instant handedOver) {
    Instant before = handedOver;
    if (sighted.detail().get("hops") instanceof List<?> hops) {
      for (Object one : hops) {
        if (one instanceof Map<?, ?> hop) {
          Optional<Instant> at = instant(hop.get("at"));
          if (at.isPresent()) {
            // Most servers tell whole seconds.
            Instant reached = at.get().isBefore(before) ? before : at.get();
            add(label(hop), before, reached, note(hop), "hop");
            before = reached;
          }
        }
      }
    }
    Optional<Instant> arrived = instant(sighted.detail().get("arrivedAt"));
    if (arrived.isPresent()) {
      add(
          "into %s".formatted(sighted.detail().get("mailbox")),
          before,
          arrived.get(),
          "stored",
          "hop");
    }
  }

  private static String label(Map<?, ?> hop) {
    Object from = hop.get("from");
    Object by = hop.get("by");
    return (from == null ? "" : from + " → ") + (by == null ? "a server without a name" : by);
  }

  private static String note(Map<?, ?> hop) {
    Object with = hop.get("with");
    Object tls = hop.get("tls");
    return (with == null ? "" : with.toString()) + (tls == null ? "" : " · " + tls);
  }

  private void add(String label, Instant from, Instant to, String note, String kind) {
    if (legs.size() < MOST) {
      legs.add(new Leg(label, from, to.isBefore(from) ? from : to, note, kind));
    }
  }

  private List<Bar> bars() {
    Instant end = legs.stream().map(Leg::to).max(Instant::compareTo).orElse(start);
    double whole = Math.max(1, Duration.between(start, end).toNanos());
    return legs.stream()
        .map(leg -> {
          double x = place(leg.from(), whole);
          double width = Math.max(LEAST, place(leg.to(), whole) - x);
          return new Bar(
              leg.label(),
              Math.min(x, WIDTH - LEAST),
              Math.min(width, WIDTH - Math.min(x, WIDTH - LEAST)),
              millis(Duration.between(leg.from(), leg.to()).toNanos() / 1e6),
              leg.note(),
              leg.kind());
        })
        .toList();
  }

  private double place(Instant at, double whole) {
    double share = Duration.between(start, at).toNanos() / whole;
    return Math.round(Math.clamp(share, 0, 1) * WIDTH * 10) / 10.0;
  }

  private static String millis(double millis) {
    return millis < 0.5 ? "at once" : Times.latency(Duration.ofNanos(Math.round(millis * 1e6)));
  }

  private static Optional<Instant> instant(@Nullable Object value) {
    try {
      return value == null ? Optional.empty() : Optional.of(Instant.parse(value.toString()));
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }
}
