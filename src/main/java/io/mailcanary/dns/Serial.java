package io.mailcanary.dns;

/// Serial numbers of zones go round (RFC 1982).
public final class Serial {
  private static final long HALF = 1L << 31;
  private static final long MASK = (1L << 32) - 1;

  private Serial() {}

  /// Whether `a` is newer than `b`; two that lie exactly half the circle apart are neither (RFC
  /// 1982 §3.2).
  public static boolean isNewer(long a, long b) {
    long ahead = (a - b) & MASK;
    return ahead != 0 && ahead < HALF;
  }
}
