package io.mailcanary.verdict;

import io.mailcanary.canary.Canaries;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.canary.Cause;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Marks for tests.
final class Marks {
  private Marks() {}

  static Mark mark(CanaryState state, Instant start, @Nullable Duration latency) {
    return mark(state, start, latency, 1, false, "");
  }

  static Mark mark(
      CanaryState state,
      Instant start,
      @Nullable Duration latency,
      int copies,
      boolean altered,
      String words) {
    return new Mark(
        Canaries.id(1),
        "",
        "",
        start,
        state,
        Cause.NONE,
        latency,
        copies,
        altered,
        List.of(),
        words);
  }
}
