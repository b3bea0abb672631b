package io.mailcanary.wire;

import io.mailcanary.wire.WireException.Kind;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What has come since we last wrote, and how long it may still take.
final class Exchange {
  private static final int REMEMBERED = 512;

  private final long limit;
  private volatile long allowedNanos;
  private volatile long startedAt = System.nanoTime();
  private long bytes;
  private final ByteArrayOutputStream heard = new ByteArrayOutputStream(REMEMBERED);
  private volatile @Nullable WireException breach;

  Exchange(long limit, Duration allowed) {
    this.limit = limit;
    this.allowedNanos = allowed.toNanos();
  }

  synchronized void restart() {
    startedAt = System.nanoTime();
    bytes = 0;
    heard.reset();
  }

  void allow(Duration allowed) {
    allowedNanos = allowed.toNanos();
  }

  Duration allowed() {
    return Duration.ofNanos(allowedNanos);
  }

  /// How long the next read may take in milliseconds; 0 is for ever.
  int patience(int readMillis) throws WireException {
    if (allowedNanos == 0) {
      return readMillis;
    }
    long left = (startedAt + allowedNanos - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      throw late();
    }
    int whole = (int) Math.min(left, Integer.MAX_VALUE);
    return readMillis == 0 ? whole : Math.min(readMillis, whole);
  }

  boolean isLate() {
    return allowedNanos != 0 && System.nanoTime() - startedAt >= allowedNanos - 1_000_000;
  }

  WireException late() {
    String words =
        bytes == 0
            ? "silent for %s".formatted(seconds(allowedNanos))
            : "no whole answer within %s, only: %s".formatted(seconds(allowedNanos), heard());
    return breach(new WireException(Kind.SILENCE, words, null));
  }

  WireException stalled() {
    return breach(
        new WireException(
            Kind.SILENCE, "took no more data for %s".formatted(seconds(allowedNanos)), null));
  }

  synchronized void count(byte[] buffer, int offset, int length) throws WireException {
    bytes += length;
    int room = REMEMBERED - heard.size();
    heard.write(buffer, offset, Math.min(room, length));
    if (bytes > limit) {
      throw breach(
          new WireException(
              Kind.TOO_LONG,
              "an answer of more than %d bytes, which begins: %s".formatted(limit, heard()),
              null));
    }
  }

  synchronized String heard() {
    return Visible.text(heard.toByteArray(), 200);
  }

  @Nullable WireException breach() {
    return breach;
  }

  WireException breach(WireException first) {
    WireException known = breach;
    if (known != null) {
      return known;
    }
    breach = first;
    return first;
  }

  static String seconds(long nanos) {
    return nanos % 1_000_000_000 == 0
        ? "%d s".formatted(nanos / 1_000_000_000)
        : "%.1f s".formatted(nanos / 1e9);
  }
}
