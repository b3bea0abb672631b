package io.mailcanary.dns;

/// Why a server failed, in its own words (RFC 8914).
///
/// @param text empty where it says no more than the code
public record ExtendedError(int code, String text) {
  /// DNSSEC validation failed: bogus, signature expired or not yet valid, a key or a signature
  /// missing, no zone key, NSEC missing (RFC 8914 §4.7 to §4.13).
  public boolean isDnssec() {
    return code == 1 || code == 2 || (code >= 6 && code <= 12);
  }

  /// The authoritative servers said nothing (RFC 8914 §4.23, §4.24): the failure came late.
  public boolean isUnreachable() {
    return code == 22 || code == 23;
  }

  @Override
  public String toString() {
    return "EDE " + code + (text.isEmpty() ? "" : " (" + Visible.brief(text) + ")");
  }
}
