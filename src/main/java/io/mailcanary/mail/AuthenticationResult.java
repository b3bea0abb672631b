package io.mailcanary.mail;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What a method came to (RFC 8601 §2.7).
public enum AuthenticationResult {
  PASS,
  FAIL,
  /// SPF alone: probably not allowed.
  SOFTFAIL,
  NEUTRAL,
  /// There is nothing to check: no signature, no record.
  NONE,
  /// DKIM alone: signed, but not so that it is accepted here.
  POLICY,
  TEMPERROR,
  PERMERROR,
  /// We could not find out, which says nothing of the message.
  UNKNOWN;

  /// As it stands in header fields, probe files and JSON.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<AuthenticationResult> of(String word) {
    // Older servers write it so (RFC 5451 §2.4.2).
    String now = word.equalsIgnoreCase("hardfail") ? FAIL.word() : word;
    return Arrays.stream(values()).filter(one -> one.word().equalsIgnoreCase(now)).findFirst();
  }
}
