package io.mailcanary.dns;

import java.util.Locale;

/// What a receiver makes of a sender's domain, from best to worst.
public enum Verdict {
  ACCEPT,
  /// 4xx: the sender tries again, for days if need be.
  TEMPORARY,
  /// 5xx: the message goes back to its author.
  REJECT;

  public boolean isWorseThan(Verdict other) {
    return compareTo(other) > 0;
  }

  /// As it stands in JSON.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
