package io.mailcanary.path;

import java.time.Duration;

/// The burst that replaces waiting for the next turn at the first doubt.
///
/// @param canaries how many; 0: no burst
/// @param every the gap between them
public record Confirm(int canaries, Duration every) {}
