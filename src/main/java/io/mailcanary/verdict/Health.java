package io.mailcanary.verdict;

import java.util.Locale;

/// How a path is, from worst to best.
public enum Health {
  /// Bounced, rejected, lost.
  FAILING,
  /// Refused for now, or without proof of arrival in time.
  DEFERRING,
  /// We cannot see.
  BLIND,
  /// It works, but not as promised.
  DEGRADED,
  /// No result yet.
  PENDING,
  PAUSED,
  OK;

  private final String word = name().toLowerCase(Locale.ROOT);

  /// As it stands in JSON and in metrics.
  public String word() {
    return word;
  }

  public boolean isWorseThan(Health other) {
    return compareTo(other) < 0;
  }
}
