package io.mailcanary.trace;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known of one canary's way until it is told.
final class Story {
  private static final int MOST_EVENTS = 64;

  private final List<CanaryEvent> events = new ArrayList<>();
  private final boolean whole;
  private Canary canary;
  private @Nullable Instant recordedAt;
  private List<Instant> looks = List.of();
  private @Nullable Instant settledAt;

  /// @param whole whether it is known from its beginning; otherwise it was told once, and this is
  ///   what came after
  Story(Canary canary, boolean whole) {
    this.canary = canary;
    this.whole = whole;
  }

  void add(Canary now, CanaryEvent event, List<Instant> looked, Instant at) {
    canary = now;
    looks = looked.isEmpty() ? looks : List.copyOf(looked);
    if (events.size() < MOST_EVENTS) {
      events.add(event);
    }
    if (settledAt == null && now.state().isSettled()) {
      settledAt = at;
    }
  }

  void recorded(Instant at) {
    recordedAt = at;
  }

  /// Since when nothing more is expected of it.
  @Nullable Instant settledAt() {
    return settledAt;
  }

  boolean isWhole() {
    return whole;
  }

  Canary canary() {
    return canary;
  }

  List<CanaryEvent> events() {
    return events;
  }

  List<Instant> looks() {
    return looks;
  }

  /// When it was on record and free to be sent.
  @Nullable Instant recordedAt() {
    return recordedAt;
  }
}
