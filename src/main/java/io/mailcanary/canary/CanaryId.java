package io.mailcanary.canary;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.regex.Pattern;

/// Names one canary for good: 48 bits of time in milliseconds and 80 random bits, as 26 digits that
/// sort by time. There are very many of them in memory, so the digits are made when they are asked
/// for.
///
/// @param high the time and the first 16 random bits
/// @param low the other random bits
public record CanaryId(long high, long low) implements Comparable<CanaryId> {
  /// How many random bytes an id takes.
  public static final int RANDOM_BYTES = 10;

  static final int BYTES = 16;
  static final int DIGITS = 26;

  /// The last digit stands for three bits.
  private static final Pattern FORM = Pattern.compile("[0-9a-v]{25}[048cgkos]");

  private static final int RANDOM_BITS_OF_HIGH = 16;

  /// @param value as [#value] has it
  public CanaryId(String value) {
    this(ByteBuffer.wrap(Base32.decode(checked(value))));
  }

  /// @param bytes whose next {@value #BYTES} it is
  CanaryId(ByteBuffer bytes) {
    this(bytes.getLong(), bytes.getLong());
  }

  private static String checked(String value) {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "a canary's id has 26 digits 0-9 and a-v, the last one of 048cgkos");
    }
    return value;
  }

  /// @param random {@value #RANDOM_BYTES} bytes from a strong source
  public static CanaryId of(Instant at, byte[] random) {
    if (random.length != RANDOM_BYTES) {
      throw new IllegalArgumentException("expected %d random bytes".formatted(RANDOM_BYTES));
    }
    ByteBuffer rest = ByteBuffer.wrap(random);
    return new CanaryId(
        (at.toEpochMilli() << RANDOM_BITS_OF_HIGH) | Short.toUnsignedLong(rest.getShort()),
        rest.getLong());
  }

  /// The lowest id of that instant: all ids made before it are lower.
  public static CanaryId floor(Instant at) {
    return of(at, new byte[RANDOM_BYTES]);
  }

  /// The id that opens the digits of a tag, be it genuine or not.
  ///
  /// @param digits as [CanaryTag#FORM] has them behind the key's id
  public static CanaryId opening(String digits) {
    return new CanaryId(ByteBuffer.wrap(Base32.decode(digits)));
  }

  /// When it was made, to the millisecond.
  public Instant madeAt() {
    return Instant.ofEpochMilli(high >>> RANDOM_BITS_OF_HIGH);
  }

  /// Its 26 digits.
  public String value() {
    return Base32.encode(bytes());
  }

  byte[] bytes() {
    return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
  }

  @Override
  public int compareTo(CanaryId other) {
    int first = Long.compareUnsigned(high, other.high);
    return first == 0 ? Long.compareUnsigned(low, other.low) : first;
  }

  @Override
  public String toString() {
    return value();
  }
}
