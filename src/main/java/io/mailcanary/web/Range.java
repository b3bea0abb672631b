package io.mailcanary.web;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How far back a chart goes.
enum Range {
  QUARTER("15m", "15 min", Duration.ofMinutes(15), Duration.ofMinutes(3)),
  HOUR("1h", "1 hour", Duration.ofHours(1), Duration.ofMinutes(10)),
  SIX_HOURS("6h", "6 hours", Duration.ofHours(6), Duration.ofHours(1)),
  DAY("24h", "day", Duration.ofDays(1), Duration.ofHours(3)),
  WEEK("7d", "week", Duration.ofDays(7), Duration.ofDays(1));

  private final String key;
  private final String words;
  private final Duration length;
  private final Duration tick;

  Range(String key, String words, Duration length, Duration tick) {
    this.key = key;
    this.words = words;
    this.length = length;
    this.tick = tick;
  }

  /// As it stands in an address.
  public String key() {
    return key;
  }

  public String words() {
    return words;
  }

  Duration length() {
    return length;
  }

  /// Between two marks of the axis.
  Duration tick() {
    return tick;
  }

  static Optional<Range> asked(@Nullable String key) {
    return Arrays.stream(values()).filter(one -> one.key.equals(key)).findFirst();
  }

  /// The shortest that shows all since then, a day at most.
  static Range since(Instant oldest, Instant now) {
    return Arrays.stream(values())
        .filter(one -> !oldest.isBefore(now.minus(one.length)))
        .findFirst()
        .filter(one -> one != WEEK)
        .orElse(DAY);
  }
}
