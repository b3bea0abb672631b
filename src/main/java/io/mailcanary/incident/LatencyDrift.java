package io.mailcanary.incident;

import io.mailcanary.verdict.Words;
import java.time.Duration;

/// Whether a path becomes slower than it used to be. Latencies are compared as logarithms, since
/// they are skewed, and cut at a few deviations, so that single stragglers move nothing. What did
/// not arrive counts with the time that it was waited for.
final class LatencyDrift {
  /// The past is what about so many canaries say.
  private static final double PAST = 10_000;

  private static final double CUT = 3;
  private static final double FLOOR = Math.log(0.001);

  private final RuleSettings.Drift settings;
  private double mean;
  private double variance;
  private double present;
  private int seen;

  LatencyDrift(RuleSettings.Drift settings) {
    this.settings = settings;
  }

  void add(double seconds) {
    double value = Math.max(FLOOR, Math.log(Math.max(seconds, 1e-9)));
    seen++;
    if (seen == 1) {
      mean = value;
      present = value;
      return;
    }
    double deviation = deviation();
    double cut =
        seen > settings.warmUp()
            ? Math.clamp(value, mean - CUT * deviation, mean + CUT * deviation)
            : value;
    present += settings.weight() * (cut - present);
    double share = 1 / Math.min(seen, PAST);
    double off = cut - mean;
    mean += share * off;
    variance += share * (off * off - variance);
  }

  boolean isSlow() {
    return seen > settings.warmUp()
        && present - mean > threshold()
        && present - mean > Math.log(settings.times());
  }

  /// Whether it is near its past again.
  boolean isUsual() {
    return present - mean < Math.max(threshold(), Math.log(settings.times())) / 2;
  }

  String inWords() {
    return "canaries take %s, %s was usual".formatted(words(present), words(mean));
  }

  private static String words(double logSeconds) {
    return Words.of(Duration.ofMillis(Math.round(1000 * Math.exp(logSeconds))));
  }

  private double threshold() {
    double weight = settings.weight();
    return settings.sigmas() * deviation() * Math.sqrt(weight / (2 - weight));
  }

  private double deviation() {
    return Math.max(0.05, Math.sqrt(variance));
  }
}
