package io.mailcanary.runtime;

import java.time.Instant;

/// One part of the observer: a mailbox reader, the scheduler, the store, the clock.
///
/// @param name such as `mailbox:hosted`
/// @param since since when it is so
/// @param reason a sentence; empty when all is well
public record Part(String name, boolean ok, Instant since, String reason) {}
