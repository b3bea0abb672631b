package io.mailcanary.canary;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.regex.Pattern;

/// Names one canary for good: 48 bits of time in milliseconds and 80 random bits, as 26 digits that
/// sort by time.
public record CanaryId(String value) implements Comparable<CanaryId> {
  /// How many random bytes an id takes.
  public static final int RANDOM_BYTES = 10;

  static final int BYTES = 16;
  static final int DIGITS = 26;

  private static final Pattern FORM = Pattern.compile("[0-9a-v]{26}");

  public CanaryId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("a canary's id has 26 digits 0-9 and a-v");
    }
  }

  /// @param random {@value #RANDOM_BYTES} bytes from a strong source
  public static CanaryId of(Instant at, byte[] random) {
    if (random.length != RANDOM_BYTES) {
      throw new IllegalArgumentException("expected %d random bytes".formatted(RANDOM_BYTES));
    }
    long millis = at.toEpochMilli();
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes.putShort((short) (millis >> 32)).putInt((int) millis).put(random);
    return new CanaryId(Base32.encode(bytes.array()));
  }

  /// The lowest id of that instant: all ids made before it are lower.
  public static CanaryId floor(Instant at) {
    return of(at, new byte[RANDOM_BYTES]);
  }

  /// The id that opens the digits of a tag, be it genuine or not.
  ///
  /// @param digits as [CanaryTag#FORM] has them behind the key's id
  public static CanaryId opening(String digits) {
    byte[] bytes = Base32.decode(digits);
    return new CanaryId(Base32.encode(Arrays.copyOf(bytes, BYTES)));
  }

  /// When it was made, to the millisecond.
  public Instant madeAt() {
    ByteBuffer bytes = ByteBuffer.wrap(bytes());
    long high = bytes.getShort() & 0xffffL;
    return Instant.ofEpochMilli((high << 32) | (bytes.getInt() & 0xffffffffL));
  }

  byte[] bytes() {
    return Base32.decode(value);
  }

  @Override
  public int compareTo(CanaryId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
