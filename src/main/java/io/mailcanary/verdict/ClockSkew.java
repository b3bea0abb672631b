package io.mailcanary.verdict;

import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Received;
import io.mailcanary.mail.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The finding that a clock on the way is wrong. No mail suffers by it, so it makes no path worse.
public final class ClockSkew {
  /// As it stands in JSON; never renamed.
  public static final String TAG = "clock-skew";

  public static final String RFC = "RFC 5321 §4.4";

  public static final String ADVICE =
      "Set its clock by NTP: a wrong one breaks signatures, one-time passwords and certificates.";

  /// Skew below that harms nothing, and a slow transit can look like it.
  static final Duration HARMFUL = Duration.ofSeconds(60);

  /// How the finding names this service's own host.
  private static final String OURSELVES = "mailcanary";

  private ClockSkew() {}

  /// @param skew negative: it is behind
  static Finding of(String host, Duration skew, List<String> evidence) {
    return finding(
        host,
        "the clock of %s is at least %s %s"
            .formatted(host, Words.of(skew.abs()), skew.isNegative() ? "behind" : "ahead"),
        evidence);
  }

  /// All clocks on the way go wrong in one direction.
  static Finding ours(Map<String, Duration> skews, List<String> evidence) {
    Duration least =
        skews.values().stream().map(Duration::abs).min(Duration::compareTo).orElse(Duration.ZERO);
    boolean behind = skews.values().iterator().next().isNegative();
    return finding(
        OURSELVES,
        "our own clock is at least %s %s, as all %d clocks on the way have it"
            .formatted(Words.of(least), behind ? "ahead" : "behind", skews.size()),
        evidence);
  }

  /// What the trace lines of one message show by themselves: nobody hands on what he has not got
  /// yet.
  ///
  /// @param hops in the order of travel
  public static List<Finding> within(List<Received> hops) {
    List<Finding> findings = new ArrayList<>();
    Received before = null;
    for (Received hop : hops) {
      if (before != null) {
        step(before, hop, findings);
      }
      before = hop.at() == null || hop.by() == null ? before : hop;
    }
    return findings;
  }

  private static void step(Received before, Received hop, List<Finding> findings) {
    Instant sent = before.at();
    Instant taken = hop.at();
    if (sent == null || taken == null || hop.by() == null) {
      return;
    }
    Duration back = Duration.between(taken, sent);
    if (back.compareTo(HARMFUL) > 0) {
      findings.add(
          finding(
              hop.by(),
              "the clock of %s is behind, or that of %s ahead: together at least %s"
                  .formatted(hop.by(), before.by(), Words.of(back)),
              List.of(
                  "%s wrote %s".formatted(before.by(), sent),
                  "%s, to which it was handed on, wrote %s".formatted(hop.by(), taken))));
    }
  }

  private static Finding finding(String host, String message, List<String> evidence) {
    return new Finding(TAG, Severity.WARN, host, "", message, RFC, evidence, ADVICE);
  }
}
