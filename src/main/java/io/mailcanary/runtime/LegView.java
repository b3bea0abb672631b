package io.mailcanary.runtime;

import io.mailcanary.verdict.PathHealth;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How one leg of a path is.
///
/// @param name such as `mx=mx1.hosted.example,address=192.0.2.7`
/// @param since since when its health is what it is
/// @param p50 latency, canaries that have not arrived counted as slow; null when the quantile falls
///   among these
/// @param successShare of the canaries whose fate is known, those that fared as promised; null
///   before the first
public record LegView(
    String name,
    PathHealth health,
    Instant since,
    @Nullable Duration p50,
    @Nullable Duration p90,
    @Nullable Duration p99,
    @Nullable Double successShare,
    @Nullable Instant lastDelivered) {}
