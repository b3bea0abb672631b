package io.mailcanary.dispatch;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// How long we wait for what.
///
/// @param turn between two looks at the outbox, when nobody wakes us
/// @param lease for how long what we claimed is ours should we die
/// @param firstGap before the second attempt; each gap after it is twice as long
/// @param longestGap what they grow to
/// @param fallBack when the other channels of a route are told
/// @param giveUp when no further attempt is made
/// @param stuck when an outbox that does not drain is a fault of ours
public record Patience(
    Duration turn,
    Duration lease,
    Duration firstGap,
    Duration longestGap,
    Duration fallBack,
    Duration giveUp,
    Duration stuck) {

  public static final Patience DEFAULT =
      new Patience(
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          Duration.ofSeconds(1),
          Duration.ofMinutes(1),
          Duration.ofMinutes(2),
          Duration.ofHours(24),
          Duration.ofMinutes(5));

  /// The gap after so many attempts, a half to the whole of it, and never less than was asked for:
  /// those who failed together do not come back together.
  Duration gap(int attempts, Optional<Duration> asked, RandomGenerator random) {
    Duration doubled = firstGap.multipliedBy(1L << Math.min(attempts, 20));
    Duration whole = doubled.compareTo(longestGap) < 0 ? doubled : longestGap;
    Duration drawn = Duration.ofMillis((long) (whole.toMillis() * random.nextDouble(0.5, 1)));
    return asked.filter(wish -> wish.compareTo(drawn) > 0).orElse(drawn);
  }
}
