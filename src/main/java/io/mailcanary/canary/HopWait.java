package io.mailcanary.canary;

import java.time.Duration;

/// How long a canary took between two places on its way.
///
/// @param from who had it; our own probe first
/// @param to who took it; the mailbox last
/// @param measured the difference of the two clocks, negative where they disagree
/// @param excess how much longer than at best that was
public record HopWait(String from, String to, Duration measured, Duration excess) {}
