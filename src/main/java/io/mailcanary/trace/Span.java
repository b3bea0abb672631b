package io.mailcanary.trace;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Something on a canary's way that took time.
///
/// @param id sixteen hexadecimal digits
/// @param parent the id of the span that it is part of; empty for the whole way
/// @param attributes texts, whole numbers, truth values
/// @param error what went wrong; empty where nothing did
record Span(
    String id,
    String parent,
    String name,
    Instant start,
    Instant end,
    Map<String, Object> attributes,
    List<Moment> moments,
    String error) {
  /// Something that took no time.
  record Moment(Instant at, String name, Map<String, Object> attributes) {}
}
