package io.mailcanary.api;

import io.mailcanary.canary.Canary;
import io.mailcanary.store.StoredEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Tells the way out of a round trip from the way back: by the mailbox at its far end where that is
/// ours, else by the first server that had the answer.
final class RoundTrips {
  private RoundTrips() {}

  /// @param events as they were journalled, oldest first
  static CanaryResource.@Nullable RoundTrip of(Canary canary, List<StoredEvent> events) {
    Optional<Instant> farEnd = at(events, "far-end", "arrivedAt");
    Instant turned = farEnd.or(() -> at(events, "answer-seen", "writtenAt")).orElse(null);
    if (turned == null || canary.firstAttemptAt() == null) {
      return null;
    }
    Instant home = canary.arrival() == null ? null : canary.arrival().at();
    return new CanaryResource.RoundTrip(
        seconds(canary.start(), turned), home == null ? null : seconds(turned, home));
  }

  private static double seconds(Instant from, Instant to) {
    // Two servers' clocks, and whole seconds at worst.
    return Math.max(0, Math.round(Duration.between(from, to).toNanos() / 1e3) / 1e6);
  }

  private static Optional<Instant> at(List<StoredEvent> events, String kind, String field) {
    return events.stream()
        .filter(event -> event.kind().equals(kind))
        .map(event -> event.detail().get(field))
        .flatMap(value -> instant(value).stream())
        .findFirst();
  }

  private static Optional<Instant> instant(@Nullable Object value) {
    try {
      return value == null ? Optional.empty() : Optional.of(Instant.parse(value.toString()));
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }
}
