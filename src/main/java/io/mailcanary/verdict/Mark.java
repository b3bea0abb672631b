package io.mailcanary.verdict;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.canary.Cause;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What one canary says of its path: as much of it as a verdict needs.
///
/// @param leg which of the path's legs it took
/// @param start from when its deadlines count
/// @param words what a relay or a mailbox said of it last, for a person; may be empty
public record Mark(
    CanaryId id,
    String leg,
    Instant start,
    CanaryState state,
    Cause cause,
    @Nullable Duration latency,
    int copies,
    boolean altered,
    String words) {

  public static Mark of(Canary canary, String words) {
    return new Mark(
        canary.id(),
        canary.leg(),
        canary.start(),
        canary.state(),
        canary.cause(),
        canary.latency(),
        canary.copies(),
        canary.altered(),
        words);
  }
}
