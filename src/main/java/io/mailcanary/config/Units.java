package io.mailcanary.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations and sizes as people write them.
final class Units {
  static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
  static final Pattern SIZE = Pattern.compile("(\\d{1,9})(B|KB|MB)");

  private static final Map<String, Duration> TIMES = new LinkedHashMap<>();
  private static final Map<String, Long> SIZES = new LinkedHashMap<>();

  static {
    TIMES.put("d", Duration.ofDays(1));
    TIMES.put("h", Duration.ofHours(1));
    TIMES.put("m", Duration.ofMinutes(1));
    TIMES.put("s", Duration.ofSeconds(1));
    TIMES.put("ms", Duration.ofMillis(1));
    SIZES.put("MB", 1024L * 1024);
    SIZES.put("KB", 1024L);
    SIZES.put("B", 1L);
  }

  private Units() {}

  static Optional<Duration> duration(String text) {
    Matcher matcher = DURATION.matcher(text);
    return matcher.matches()
        ? Optional.ofNullable(TIMES.get(matcher.group(2)))
            .map(unit -> unit.multipliedBy(Long.parseLong(matcher.group(1))))
        : Optional.empty();
  }

  static Optional<Long> size(String text) {
    Matcher matcher = SIZE.matcher(text);
    return matcher.matches()
        ? Optional.ofNullable(SIZES.get(matcher.group(2)))
            .map(unit -> unit * Long.parseLong(matcher.group(1)))
        : Optional.empty();
  }

  /// In the largest unit that leaves no rest.
  static String duration(Duration duration) {
    long millis = duration.toMillis();
    for (Map.Entry<String, Duration> unit : TIMES.entrySet()) {
      if (millis != 0 && millis % unit.getValue().toMillis() == 0) {
        return millis / unit.getValue().toMillis() + unit.getKey();
      }
    }
    return millis == 0 ? "0s" : millis + "ms";
  }

  /// In the largest unit that leaves no rest.
  static String size(long bytes) {
    for (Map.Entry<String, Long> unit : SIZES.entrySet()) {
      if (bytes != 0 && bytes % unit.getValue() == 0) {
        return bytes / unit.getValue() + unit.getKey();
      }
    }
    return bytes + "B";
  }
}
