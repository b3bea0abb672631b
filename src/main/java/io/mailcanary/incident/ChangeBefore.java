package io.mailcanary.incident;

import java.time.Instant;

/// What changed shortly before an incident began.
///
/// @param id of the change
/// @param at since when it is so
/// @param sentence what changed, where it was seen, and how it lies in time to the trouble
public record ChangeBefore(String id, Instant at, String sentence) {}
