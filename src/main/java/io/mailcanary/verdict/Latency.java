package io.mailcanary.verdict;

import io.mailcanary.canary.CanaryState.Bounced;
import io.mailcanary.canary.CanaryState.Deferred;
import io.mailcanary.canary.CanaryState.Delivered;
import io.mailcanary.canary.CanaryState.DeliveredLate;
import io.mailcanary.canary.CanaryState.InTransit;
import io.mailcanary.canary.CanaryState.Lost;
import io.mailcanary.canary.CanaryState.Misfiled;
import io.mailcanary.canary.CanaryState.Overdue;
import io.mailcanary.canary.CanaryState.Pending;
import io.mailcanary.canary.CanaryState.Rejected;
import io.mailcanary.canary.CanaryState.Unobservable;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The latency of a path, in which canaries that have not arrived count: by the product-limit
/// estimator (Kaplan and Meier, 1958). What is still on its way is known to take longer than its
/// present age; what was refused or lost never arrives.
public final class Latency {
  /// Longer than any canary lives.
  private static final Duration NEVER = Duration.ofDays(10_000);

  private static final long UNKNOWN = -1;

  /// In ascending order, in nanoseconds and doubled; one more where a canary took at least as long
  /// and had not arrived: at equal times arrivals come first.
  private final long[] samples;

  private Latency(long[] samples) {
    this.samples = samples;
  }

  public static Latency of(List<Mark> marks, Instant now) {
    long[] samples =
        marks.stream()
            .mapToLong(mark -> sample(mark, now))
            .filter(sample -> sample != UNKNOWN)
            .toArray();
    Arrays.sort(samples);
    return new Latency(samples);
  }

  /// The time within which the share `q` of the canaries arrives, 0 < q < 1.
  ///
  /// @return empty when that many have not arrived, or nothing is known
  public Optional<Duration> quantile(double q) {
    double missing = 1;
    int atRisk = samples.length;
    for (long sample : samples) {
      if (hasArrived(sample)) {
        missing *= (atRisk - 1.0) / atRisk;
        // The product of exact fractions may miss its target by the last bit.
        if (missing <= 1 - q + 1e-9) {
          return Optional.of(Duration.ofNanos(sample / 2));
        }
      }
      atRisk--;
    }
    return Optional.empty();
  }

  private static long sample(Mark mark, Instant now) {
    return switch (mark.state()) {
      case Delivered _, DeliveredLate _, Misfiled _ -> arrived(mark.latency());
      case Pending _, Deferred _, Overdue _ -> aged(mark, now);
      case InTransit(boolean doubtful) -> doubtful ? UNKNOWN : aged(mark, now);
      case Bounced _, Rejected _, Lost _ -> missing(NEVER);
      case Unobservable _ -> UNKNOWN;
    };
  }

  private static long arrived(@Nullable Duration took) {
    return took == null ? UNKNOWN : 2 * nanos(took);
  }

  private static long aged(Mark mark, Instant now) {
    return missing(Duration.between(mark.start(), now));
  }

  private static long missing(Duration soFar) {
    return 2 * nanos(soFar) + 1;
  }

  private static long nanos(Duration took) {
    if (took.isNegative()) {
      return 0;
    }
    return (took.compareTo(NEVER) < 0 ? took : NEVER).toNanos();
  }

  private static boolean hasArrived(long sample) {
    return sample % 2 == 0;
  }
}
