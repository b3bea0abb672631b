package io.mailcanary.api;

import io.mailcanary.canary.Canary;
import io.mailcanary.store.StoredEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Puts the journal of a canary into its resource.
public final class Evidences {
  private Evidences() {}

  /// A canary's own resource.
  ///
  /// @param events as they were journalled, oldest first
  public static CanaryResource resource(Canary canary, List<StoredEvent> events) {
    return CanaryResource.of(
        canary,
        events.stream().map(Evidences::event).toList(),
        hops(events),
        RoundTrips.of(canary, events));
  }

  private static Map<String, Object> event(StoredEvent event) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("at", event.at().toString());
    fields.put("kind", event.kind());
    event
        .detail()
        .forEach((key, value) -> {
          if (!key.equals("hops")) {
            fields.put(key, value);
          }
        });
    return fields;
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> hops(List<StoredEvent> events) {
    return events.stream()
        .map(event -> event.detail().get("hops"))
        .filter(List.class::isInstance)
        .map(hops -> (List<Map<String, Object>>) hops)
        .findFirst()
        .orElse(List.of());
  }
}
