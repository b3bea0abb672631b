package io.mailcanary.canary;

import java.util.Locale;

/// Why a canary fared as it did; the same fault is 4xx here and 5xx there.
public enum Cause {
  NONE,
  SENDER_DOMAIN,
  RECIPIENT_DOMAIN,
  NEXT_HOP,
  DNS,
  CONNECTION,
  TLS,
  LOGIN,
  SENDER_AUTH,
  CLIENT_NAME,
  REPUTATION,
  RATE_LIMIT,
  GREYLIST,
  RECIPIENT,
  MAILBOX_FULL,
  CONTENT,
  POLICY,
  SIZE,
  LOOP,
  EXPIRED,
  SYSTEM,
  UNKNOWN;

  private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /// As it stands in JSON and in metrics.
  public String word() {
    return word;
  }

  /// Reads [#word()] back.
  public static Cause of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
