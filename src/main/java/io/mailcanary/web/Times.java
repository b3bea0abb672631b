package io.mailcanary.web;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// Instants and durations as people read them, in UTC.
final class Times {
  private static final DateTimeFormatter SECOND = format("HH:mm:ss");
  private static final DateTimeFormatter MINUTE = format("HH:mm");
  private static final DateTimeFormatter DAY = format("d MMM HH:mm");
  private static final DateTimeFormatter YEAR = format("d MMM uuuu HH:mm");
  private static final DateTimeFormatter FULL = format("uuuu-MM-dd HH:mm:ss 'UTC'");

  private Times() {}

  private static DateTimeFormatter format(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.UK).withZone(ZoneOffset.UTC);
  }

  /// As short as it can be without being taken for another: `10:04:12`, `21 Nov 10:04`.
  static String shown(Instant at, Instant now) {
    Duration away = Duration.between(at, now).abs();
    if (away.compareTo(Duration.ofHours(18)) < 0) {
      return SECOND.format(at);
    }
    return away.toDays() < 300 ? DAY.format(at) : YEAR.format(at);
  }

  static String minute(Instant at) {
    return MINUTE.format(at);
  }

  static String second(Instant at) {
    return SECOND.format(at);
  }

  static String day(Instant at) {
    return DAY.format(at);
  }

  static String full(Instant at) {
    return FULL.format(at);
  }

  static String iso(Instant at) {
    return at.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  /// In one unit, for what goes on: `42 s`, `8 min`, `3 h`, `2 days`.
  static String rough(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 100) {
      return seconds + " s";
    }
    if (seconds < 6000) {
      return (seconds + 30) / 60 + " min";
    }
    long hours = (seconds + 1800) / 3600;
    return hours < 48 ? hours + " h" : (hours + 12) / 24 + " days";
  }

  /// A latency in three digits: `0.47 s`, `2.1 s`, `48 s`, `4 min 10 s`.
  static String latency(Duration took) {
    double seconds = took.toNanos() / 1e9;
    if (seconds < 0.0995) {
      return Math.max(1, Math.round(seconds * 1000)) + " ms";
    }
    if (seconds < 0.995) {
      return String.format(Locale.ROOT, "%.2f s", seconds);
    }
    if (seconds < 9.95) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    return seconds < 100 ? Math.round(seconds) + " s" : io.mailcanary.verdict.Words.of(took);
  }
}
