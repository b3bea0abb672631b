package io.mailcanary.canary;

import java.util.Locale;

/// How far a submission got, in the order of the dialogue (RFC 5321 §3.3).
public enum Stage {
  /// Waiting for one of the relay's connections to come free.
  WAIT,
  /// Name look-up, TCP, greeting and EHLO or LHLO.
  CONNECT,
  /// STARTTLS or implicit TLS, up to the second EHLO.
  TLS,
  LOGIN,
  MAIL,
  RCPT,
  DATA,
  END_OF_DATA;

  private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /// As it stands in JSON.
  public String word() {
    return word;
  }
}
