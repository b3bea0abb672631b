package io.mailcanary.store;

import io.mailcanary.canary.CanaryEvent;
import java.time.Instant;
import java.util.Map;

/// An event as it was journalled.
///
/// @param kind as [io.mailcanary.canary.CanaryEvent#kind()] has it
/// @param detail the rest of it, ready for JSON: strings, numbers, booleans, lists and maps
public record StoredEvent(Instant at, String kind, Map<String, Object> detail) {

  /// The form in which an event will be journalled.
  public static StoredEvent of(CanaryEvent event) {
    return new StoredEvent(event.at(), event.kind(), EventDetail.of(event));
  }
}
