package io.mailcanary.incident;

import io.mailcanary.mail.Severity;
import java.util.Locale;
import java.util.Optional;

/// Watches one stream of successes and failures, of a path or of a group, for a share of failures
/// that no run of failures gives away.
final class RateWatch {
  private final RuleSettings settings;
  private final double up;
  private final double down;
  private final BurnRate burn = new BurnRate();
  private double sum;
  private long climbingSince;
  private int seen;
  private int failed;

  /// @param severity how much it weighs
  record Suspicion(Severity severity, String reason) {}

  RateWatch(RuleSettings settings) {
    this.settings = settings;
    RuleSettings.Rate rate = settings.rate();
    up = Math.log(rate.sick() / rate.healthy());
    down = Math.log((1 - rate.sick()) / (1 - rate.healthy()));
  }

  /// @return a suspicion whenever a failure leaves one
  Optional<Suspicion> add(boolean bad, long now) {
    burn.add(bad, now);
    if (sum == 0) {
      climbingSince = now;
      seen = 0;
      failed = 0;
    }
    seen++;
    failed += bad ? 1 : 0;
    sum = Math.clamp(sum + (bad ? up : down), 0, settings.rate().threshold());
    return bad ? suspicion(now) : Optional.empty();
  }

  private Optional<Suspicion> suspicion(long now) {
    if (sum >= settings.rate().threshold()) {
      return Optional.of(
          new Suspicion(
              Severity.PAGE,
              String.format(
                  Locale.ROOT,
                  "%d of %d canaries failed: a steady share of %.0f %%",
                  failed,
                  seen,
                  100.0 * failed / seen)));
    }
    return burn.fire(settings, now).map(fire -> new Suspicion(fire.severity(), fire.reason()));
  }

  /// Whether the share of failures is normal again, as far as an alarm of that weight goes.
  boolean isCalm(long now, Severity severity) {
    return sum < settings.rate().threshold() / 4
        && burn.fire(settings, now).filter(f -> f.severity().compareTo(severity) >= 0).isEmpty();
  }

  /// Whether there was so much success that failures of before weigh nothing any more.
  boolean isAtRest() {
    return sum == 0;
  }

  /// Since when failures are more than normal.
  long climbingSince() {
    return climbingSince;
  }

  /// What it knows is told and over.
  void clear() {
    sum = 0;
    burn.clear();
  }
}
