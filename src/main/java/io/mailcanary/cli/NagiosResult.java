package io.mailcanary.cli;

import io.mailcanary.api.CanaryResource;
import io.mailcanary.app.OneProbe;
import io.mailcanary.path.Expectation;
import java.time.Duration;
import java.util.Locale;

/// What a monitoring plugin says: an exit code and a line with figures behind a bar.
///
/// @param code 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN
record NagiosResult(int code, String line) {
  private static final String[] WORDS = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

  static NagiosResult unknown(String why) {
    return new NagiosResult(3, "MAILCANARY UNKNOWN - " + why.replace('|', '/'));
  }

  /// Of a canary that something should catch: only that is well.
  static NagiosResult of(
      String path,
      OneProbe.Outcome outcome,
      ProbeCommand.Thresholds thresholds,
      Expectation.Outcome promised) {
    String wanted = promised.name().toLowerCase(Locale.ROOT);
    boolean unknown =
        outcome.canary().isEmpty()
            || outcome.blind()
            || outcome.canary().get().state().equals("unobservable");
    if (promised == Expectation.Outcome.DELIVERED || unknown) {
      return of(path, outcome, thresholds);
    }
    CanaryResource canary = outcome.canary().get();
    String state = canary.state();
    return state.equals(wanted)
        ? result(0, path, canary, thresholds, state + ", as it should be")
        : result(2, path, canary, thresholds, state + ": it should have been " + wanted);
  }

  static NagiosResult of(
      String path, OneProbe.Outcome outcome, ProbeCommand.Thresholds thresholds) {
    if (outcome.canary().isEmpty()) {
      return unknown(path + ": " + outcome.words());
    }
    CanaryResource canary = outcome.canary().get();
    if (outcome.blind()) {
      return unknown(path + ": " + outcome.words());
    }
    return switch (canary.state()) {
      case "delivered", "delivered-late" -> delivered(path, canary, thresholds);
      case "misfiled" ->
          result(1, path, canary, thresholds, "misfiled in folder " + canary.folder());
      case "rejected", "bounced", "lost", "deferred" ->
          result(2, path, canary, thresholds, said(canary, outcome));
      case "unobservable" -> unknown(path + ": it is not known whether the relay took it");
      case "pending", "in-transit", "overdue" ->
          result(
              2,
              path,
              canary,
              thresholds,
              "%s, not there after %.0f s"
                  .formatted(canary.state(), seconds(thresholds.timeout())));
      case String other -> unknown(path + ": " + other);
    };
  }

  private static String said(CanaryResource canary, OneProbe.Outcome outcome) {
    return outcome.words().startsWith(canary.state())
        ? outcome.words()
        : canary.state() + ": " + outcome.words();
  }

  private static NagiosResult delivered(
      String path, CanaryResource canary, ProbeCommand.Thresholds thresholds) {
    Double took = canary.latencySeconds();
    if (took == null) {
      return unknown(path + ": delivered, but the clock was set meanwhile");
    }
    String words = String.format(Locale.ROOT, "delivered in %.3f s", took);
    if (took > seconds(thresholds.critical())) {
      return result(2, path, canary, thresholds, words);
    }
    if (canary.altered()) {
      return result(1, path, canary, thresholds, words + " with its content changed");
    }
    if (canary.copies() > 1) {
      return result(1, path, canary, thresholds, words + ", " + canary.copies() + " times");
    }
    boolean slow = took > seconds(thresholds.warning());
    return result(slow ? 1 : 0, path, canary, thresholds, words);
  }

  private static NagiosResult result(
      int code,
      String path,
      CanaryResource canary,
      ProbeCommand.Thresholds thresholds,
      String words) {
    Double took = canary.latencySeconds();
    String value = took == null ? "U" : String.format(Locale.ROOT, "%.6fs", took);
    return new NagiosResult(
        code,
        String.format(
            Locale.ROOT,
            "MAILCANARY %s - %s %s | latency=%s;%.3f;%.3f;0;%.3f",
            WORDS[code],
            path,
            words.replace('|', '/').replace('\n', ' '),
            value,
            seconds(thresholds.warning()),
            seconds(thresholds.critical()),
            seconds(thresholds.timeout())));
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
