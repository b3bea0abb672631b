package io.mailcanary.path;

/// How a connection gets its TLS.
public enum TlsMode {
  /// Plain text throughout.
  NONE,
  /// STARTTLS where it is offered, plain text where it is not (RFC 7435).
  OPPORTUNISTIC,
  /// STARTTLS or nothing (RFC 3207).
  STARTTLS,
  /// TLS from the first byte (RFC 8314 §3.3).
  IMPLICIT
}
