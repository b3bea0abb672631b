package io.mailcanary.mail;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// A way to tell whether a message comes from whom it says (RFC 8601 §2.7).
public enum AuthenticationMethod {
  /// RFC 7208.
  SPF,
  /// RFC 6376.
  DKIM,
  /// RFC 9989.
  DMARC;

  /// As it stands in header fields, probe files and JSON.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<AuthenticationMethod> of(String word) {
    return Arrays.stream(values()).filter(one -> one.word().equalsIgnoreCase(word)).findFirst();
  }
}
