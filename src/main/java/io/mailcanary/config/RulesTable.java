package io.mailcanary.config;

import io.mailcanary.incident.RuleSettings;
import io.mailcanary.incident.RuleSettings.Burn;
import io.mailcanary.incident.RuleSettings.Drift;
import io.mailcanary.incident.RuleSettings.Rate;
import io.mailcanary.mail.Severity;
import java.time.Duration;
import java.util.List;

/// `rules`
final class RulesTable extends Table<RuleSettings> {
  private static final RuleSettings DEFAULT = RuleSettings.DEFAULT;

  private final Key.Sure<Duration> greylisting =
      span("greylisting", DEFAULT.greylisting(), "For so long being greylisted is normal.");
  private final Key.Sure<Rate> rate =
      key("rate", new OfRate(), DEFAULT.rate(), "Finds a steady share of failures (CUSUM).");
  private final Key.Sure<List<Burn>> burns =
      key(
          "burns",
          Kinds.listOf(new OfBurn(), "a list of burn rates", 0),
          DEFAULT.burns(),
          "Find that failures use up what the objective tolerates.");
  private final Key.Sure<Double> objective =
      key(
          "objective",
          Kinds.decimal(0, 0.99999),
          DEFAULT.objective(),
          "The share of canaries that should arrive as promised.");
  private final Key.Sure<Integer> fewestFailures =
      key(
          "fewest-failures",
          Kinds.number(1, 10_000),
          DEFAULT.fewestFailures(),
          "Fewer than so many in a window burn nothing.");
  private final Key.Sure<Drift> drift =
      key("drift", new OfDrift(), DEFAULT.drift(), "Finds that a path becomes slow (EWMA).");
  private final Key.Sure<Duration> blindFor =
      span("blind-for", DEFAULT.blindFor(), "A shorter blindness is told to nobody.");
  private final Key.Sure<Duration> findingGone =
      span(
          "finding-gone",
          DEFAULT.findingGone(),
          "So long a finding has to be away before it is over.");
  private final Key.Sure<Duration> flapMemory =
      span(
          "flap-memory",
          DEFAULT.flapMemory(),
          "A trouble that comes back within so long after its end has not gone.");
  private final Key.Sure<Duration> flapHold =
      span(
          "flap-hold",
          DEFAULT.flapHold(),
          "For each time that a trouble came back its end has to hold for so much longer.");
  private final Key.Sure<Duration> updateEvery =
      span(
          "update-every",
          DEFAULT.updateEvery(),
          "How often people are told at most that an incident became another story.");
  private final Key.Sure<Duration> changesWithin =
      span(
          "changes-within",
          DEFAULT.changesWithin(),
          "So long before a trouble a change is of interest.");

  private final Key.Sure<Integer> silentTurns =
      key(
          "silent-turns",
          Kinds.number(1, 1_000),
          DEFAULT.silentTurns(),
          "After so many turns without a canary, and `overdue-after`, a path is silent.");

  RulesTable() {
    super(
        "the keys of the rules: greylisting, rate, burns, objective, fewest-failures, drift,"
            + " blind-for, finding-gone, flap-memory, flap-hold, update-every, changes-within,"
            + " silent-turns");
  }

  private Key.Sure<Duration> span(String name, Duration usual, String sentence) {
    return key(name, Kinds.duration(Duration.ofSeconds(1), Duration.ofDays(30)), usual, sentence);
  }

  @Override
  RuleSettings build(Row row) {
    return new RuleSettings(
        row.get(greylisting),
        row.get(rate),
        row.get(burns),
        row.get(objective),
        row.get(fewestFailures),
        row.get(drift),
        row.get(blindFor),
        row.get(findingGone),
        row.get(flapMemory),
        row.get(flapHold),
        row.get(updateEvery),
        row.get(changesWithin),
        row.get(silentTurns));
  }

  /// `rules.rate`
  static final class OfRate extends Table<Rate> {
    private final Key.Sure<Double> healthy =
        key(
            "healthy",
            Kinds.decimal(0.00001, 0.5),
            DEFAULT.rate().healthy(),
            "The share of failures that is normal.");
    private final Key.Sure<Double> sick =
        key("sick", Kinds.decimal(0.0001, 0.99), DEFAULT.rate().sick(), "The share to find.");
    private final Key.Sure<Double> threshold =
        key(
            "threshold",
            Kinds.decimal(1, 100),
            DEFAULT.rate().threshold(),
            "Each further unit makes false alarms about e times rarer.");

    OfRate() {
      super("the keys of a rate: healthy, sick, threshold");
    }

    @Override
    void check(Row row) {
      double normal = row.find(healthy).orElse(0.0);
      if (row.find(sick).filter(share -> share <= normal).isPresent()) {
        row.fault(sick, "is no more than healthy, expected a larger share");
      }
    }

    @Override
    Rate build(Row row) {
      return new Rate(row.get(healthy), row.get(sick), row.get(threshold));
    }
  }

  /// `rules.burns[]`
  static final class OfBurn extends Table<Burn> {
    private static final Kind<Duration> WINDOW =
        Kinds.duration(Duration.ofMinutes(5), Duration.ofDays(3));

    private final Key.Sure<Duration> over = required("over", WINDOW, "The long window.");
    private final Key.Sure<Duration> recently =
        required("recently", WINDOW, "The short one: that it still goes on.");
    private final Key.Sure<Double> rate =
        required(
            "rate",
            Kinds.decimal(0.1, 10_000),
            "How many times faster than the objective tolerates.");
    private final Key.Sure<Severity> severity =
        required("severity", Kinds.severity(), "How much it weighs.");

    OfBurn() {
      super("the keys of a burn rate: over, recently, rate, severity");
    }

    @Override
    void check(Row row) {
      Duration all = row.find(over).orElse(Duration.ofDays(3));
      if (row.find(recently).filter(window -> window.compareTo(all) > 0).isPresent()) {
        row.fault(
            recently, "is longer than over, expected %s at most".formatted(Units.duration(all)));
      }
    }

    @Override
    Burn build(Row row) {
      return new Burn(row.get(over), row.get(recently), row.get(rate), row.get(severity));
    }
  }

  /// `rules.drift`
  static final class OfDrift extends Table<Drift> {
    private final Key.Sure<Double> weight =
        key(
            "weight",
            Kinds.decimal(0.001, 1),
            DEFAULT.drift().weight(),
            "The weight of the newest canary.");
    private final Key.Sure<Double> sigmas =
        key(
            "sigmas",
            Kinds.decimal(1, 100),
            DEFAULT.drift().sigmas(),
            "How many deviations away from usual is slow.");
    private final Key.Sure<Double> times =
        key(
            "times",
            Kinds.decimal(1.1, 1_000),
            DEFAULT.drift().times(),
            "How many times slower than usual it has to be, too.");
    private final Key.Sure<Integer> warmUp =
        key(
            "warm-up",
            Kinds.number(2, 100_000),
            DEFAULT.drift().warmUp(),
            "So many canaries make a past.");

    OfDrift() {
      super("the keys of drift: weight, sigmas, times, warm-up");
    }

    @Override
    Drift build(Row row) {
      return new Drift(row.get(weight), row.get(sigmas), row.get(times), row.get(warmUp));
    }
  }
}
