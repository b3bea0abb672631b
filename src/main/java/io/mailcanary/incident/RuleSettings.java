package io.mailcanary.incident;

import io.mailcanary.mail.Severity;
import java.time.Duration;
import java.util.List;

/// The numbers that decide when somebody is told, beside those that each path has of its own.
///
/// @param greylisting for so long being refused by greylisting is normal
/// @param rate finds a steady share of failures
/// @param burns find that failures use up what is tolerated
/// @param objective the share of canaries that should arrive as promised
/// @param fewestFailures fewer than so many in a window burn nothing
/// @param drift finds that a path becomes slow
/// @param blindFor a shorter blindness is told to nobody
/// @param findingGone so long a finding has to be away before it is over
/// @param flapMemory within so long after its end a trouble that comes back has not gone
/// @param flapHold for each time that it came back its end has to hold for so much longer
/// @param updateEvery how often people are told of more of the same
/// @param changesWithin so long before the trouble a change is of interest
/// @param silentTurns after so many turns without a canary a path is silent
public record RuleSettings(
    Duration greylisting,
    Rate rate,
    List<Burn> burns,
    double objective,
    int fewestFailures,
    Drift drift,
    Duration blindFor,
    Duration findingGone,
    Duration flapMemory,
    Duration flapHold,
    Duration updateEvery,
    Duration changesWithin,
    int silentTurns) {

  public static final RuleSettings DEFAULT =
      new RuleSettings(
          Duration.ofMinutes(15),
          new Rate(0.005, 0.1, 12),
          List.of(
              new Burn(Duration.ofHours(1), Duration.ofMinutes(5), 14.4, Severity.PAGE),
              new Burn(Duration.ofHours(6), Duration.ofMinutes(30), 6, Severity.PAGE),
              new Burn(Duration.ofDays(3), Duration.ofHours(6), 1, Severity.WARN)),
          0.99,
          5,
          new Drift(0.05, 6, 2, 200),
          Duration.ofMinutes(5),
          Duration.ofMinutes(1),
          Duration.ofHours(1),
          Duration.ofMinutes(5),
          Duration.ofMinutes(5),
          Duration.ofHours(24),
          3);

  public RuleSettings {
    burns = List.copyOf(burns);
  }

  /// A one-sided Bernoulli CUSUM (Page, 1954).
  ///
  /// @param healthy the share of failures that is normal
  /// @param sick the share to find
  /// @param threshold each further unit makes false alarms about e times rarer
  public record Rate(double healthy, double sick, double threshold) {}

  /// Two windows that both have to burn.
  public record Burn(Duration over, Duration recently, double rate, Severity severity) {}

  /// An exponentially weighted mean of log latencies (Roberts, 1959) against the path's own past.
  ///
  /// @param weight of the newest canary
  /// @param sigmas how far it has to be away
  /// @param times how many times slower than usual it has to be, too
  /// @param warmUp so many canaries make a past
  public record Drift(double weight, double sigmas, double times, int warmUp) {}
}
