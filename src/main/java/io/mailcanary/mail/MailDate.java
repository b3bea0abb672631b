package io.mailcanary.mail;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Dates as they stand in mail headers (RFC 5322 §3.3, the obsolete forms of §4.3 included).
public final class MailDate {
  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

  private static final Pattern FORM =
      Pattern.compile(
          "(?:[A-Za-z]{3,9}(?:,\\s{0,8}|\\s{1,8}))?(\\d{1,2})\\s{1,8}([A-Za-z]{3})[a-z]{0,6}\\s{1,8}(\\d{2,4})"
              + "\\s{1,8}(\\d{1,2}):(\\d{2})(?::(\\d{2}))?(?:\\s{1,8}([+-]\\d{4}|[A-Za-z]{1,5}))?");

  private MailDate() {}

  /// Reads a date; what stands behind it does not matter.
  public static Optional<Instant> parse(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.lookingAt()) {
      return Optional.empty();
    }
    int month = MONTHS.indexOf(matcher.group(2).toLowerCase(Locale.ROOT)) + 1;
    String zone = matcher.group(7);
    Optional<ZoneOffset> offset = zone == null ? Optional.of(ZoneOffset.UTC) : offset(zone);
    if (month == 0 || offset.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          LocalDateTime.of(
                  year(matcher.group(3)),
                  month,
                  number(matcher.group(1)),
                  number(matcher.group(4)),
                  number(matcher.group(5)),
                  second(matcher.group(6)))
              .toInstant(offset.get()));
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  private static int year(String digits) {
    int year = number(digits);
    if (digits.length() == 2 && year < 50) {
      return 2000 + year;
    }
    return digits.length() < 4 ? 1900 + year : year;
  }

  /// A leap second has no place on our time line.
  private static int second(@Nullable String digits) {
    return digits == null ? 0 : Math.min(59, number(digits));
  }

  private static Optional<ZoneOffset> offset(String zone) {
    if (zone.startsWith("+") || zone.startsWith("-")) {
      int sign = zone.startsWith("-") ? -1 : 1;
      int minutes = number(zone.substring(1, 3)) * 60 + number(zone.substring(3));
      return minutes > 18 * 60
          ? Optional.empty()
          : Optional.of(ZoneOffset.ofTotalSeconds(sign * minutes * 60));
    }
    // Unknown names mean that nothing is known of the zone (RFC 5322 §4.3).
    int hours =
        switch (zone.toUpperCase(Locale.ROOT)) {
          case "EDT" -> -4;
          case "EST", "CDT" -> -5;
          case "CST", "MDT" -> -6;
          case "MST", "PDT" -> -7;
          case "PST" -> -8;
          case String _ -> 0;
        };
    return Optional.of(ZoneOffset.ofHours(hours));
  }

  private static int number(String digits) {
    return Integer.parseInt(digits);
  }
}
