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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The latency of a path, in which canaries that have not arrived count: by the product-limit
/// estimator (Kaplan and Meier, 1958). What is still on its way is known to take longer than its
/// present age; what was refused or lost never arrives.
public final class Latency {
  /// Longer than any canary lives.
  private static final Duration NEVER = Duration.ofDays(10_000);

  private final List<Sample> samples;

  /// @param arrived whether `took` is the latency, or only its lower bound
  private record Sample(Duration took, boolean arrived) {}

  private Latency(List<Sample> samples) {
    this.samples = samples;
  }

  public static Latency of(List<Mark> marks, Instant now) {
    List<Sample> samples = new ArrayList<>();
    for (Mark mark : marks) {
      sample(mark, now).ifPresent(samples::add);
    }
    // What is on its way takes longer than its age: at equal times arrivals come first.
    samples.sort(
        Comparator.comparing(Sample::took)
            .thenComparing(Sample::arrived, Comparator.reverseOrder()));
    return new Latency(List.copyOf(samples));
  }

  /// The time within which the share `q` of the canaries arrives, 0 < q < 1.
  ///
  /// @return empty when that many have not arrived, or nothing is known
  public Optional<Duration> quantile(double q) {
    double missing = 1;
    int atRisk = samples.size();
    for (Sample sample : samples) {
      if (sample.arrived()) {
        missing *= (atRisk - 1.0) / atRisk;
        // The product of exact fractions may miss its target by the last bit.
        if (missing <= 1 - q + 1e-9) {
          return Optional.of(sample.took());
        }
      }
      atRisk--;
    }
    return Optional.empty();
  }

  private static Optional<Sample> sample(Mark mark, Instant now) {
    return switch (mark.state()) {
      case Delivered _, DeliveredLate _, Misfiled _ ->
          Optional.ofNullable(mark.latency()).map(took -> new Sample(took, true));
      case Pending _, Deferred _, Overdue _ -> Optional.of(aged(mark, now));
      case InTransit(boolean doubtful) ->
          doubtful ? Optional.empty() : Optional.of(aged(mark, now));
      case Bounced _, Rejected _, Lost _ -> Optional.of(new Sample(NEVER, false));
      case Unobservable _ -> Optional.empty();
    };
  }

  private static Sample aged(Mark mark, Instant now) {
    return new Sample(Duration.between(mark.start(), now), false);
  }
}
