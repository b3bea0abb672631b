package io.mailcanary.transport;

/// The versions that are found on mail ports; SSL 3.0 and below are extinct.
public enum TlsVersion {
  TLS_1_0(0x0301, "TLS 1.0"),
  TLS_1_1(0x0302, "TLS 1.1"),
  TLS_1_2(0x0303, "TLS 1.2"),
  TLS_1_3(0x0304, "TLS 1.3");

  private final int code;
  private final String words;

  TlsVersion(int code, String words) {
    this.code = code;
    this.words = words;
  }

  /// On the wire.
  public int code() {
    return code;
  }

  /// Whether nobody should offer it any more (RFC 8996).
  public boolean isOld() {
    return this == TLS_1_0 || this == TLS_1_1;
  }

  @Override
  public String toString() {
    return words;
  }
}
