package io.mailcanary.store;

import java.time.Instant;
import java.util.Map;

/// An event as it was journalled.
///
/// @param kind as [io.mailcanary.canary.CanaryEvent#kind()] has it
/// @param detail the rest of it, ready for JSON: strings, numbers, booleans, lists and maps
public record StoredEvent(Instant at, String kind, Map<String, Object> detail) {}
