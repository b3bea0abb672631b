package io.mailcanary.store;

import java.time.Instant;

/// One decision about an incident, as it stands on record.
///
/// @param kind what was decided, in a word
public record IncidentStep(Instant at, String kind, String reason) {}
