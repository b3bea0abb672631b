package io.mailcanary.mail;

import java.util.Locale;

/// How much a finding or a change weighs.
public enum Severity {
  /// Good to know.
  INFO,
  /// Will hurt mail, or hurts some of it.
  WARN,
  /// Hurts mail now: somebody has to get up.
  PAGE;

  /// As it stands in JSON and in metrics.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
