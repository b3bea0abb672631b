package io.mailcanary.store;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;

/// One event and the canary as it was after it.
public record JournalEntry(Canary canary, CanaryEvent event) {}
