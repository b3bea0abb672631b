package io.mailcanary.world;

import io.mailcanary.mail.SmtpReply;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a fault is told beside its name.
///
/// @param usual what holds when nothing is told; empty: the fault takes no value
record FaultValue(Sort sort, String usual) {
  private static final Pattern TIME = Pattern.compile("(-?)(\\d{1,6})(s|m|h)");
  private static final Duration LONGEST = Duration.ofDays(1);

  enum Sort {
    NONE,
    TIME,
    /// May run the other way, too.
    SKEW,
    REFUSAL_FOR_NOW,
    REFUSAL_FOR_GOOD
  }

  static final FaultValue NONE = new FaultValue(Sort.NONE, "");

  static FaultValue time(String usual) {
    return new FaultValue(Sort.TIME, usual);
  }

  static FaultValue skew(String usual) {
    return new FaultValue(Sort.SKEW, usual);
  }

  static FaultValue forNow(String usual) {
    return new FaultValue(Sort.REFUSAL_FOR_NOW, usual);
  }

  static FaultValue forGood(String usual) {
    return new FaultValue(Sort.REFUSAL_FOR_GOOD, usual);
  }

  /// A sentence on what may be told.
  String hint() {
    return switch (sort) {
      case NONE -> "";
      case TIME -> "Value: how long, %s unless told.".formatted(usual);
      case SKEW -> "Value: by how much, %s unless told, -%s for behind.".formatted(usual, usual);
      case REFUSAL_FOR_NOW, REFUSAL_FOR_GOOD ->
          "Value: the reply, '%s' unless told.".formatted(usual);
    };
  }

  /// What will hold.
  ///
  /// @return empty where the fault takes nothing
  /// @throws IllegalArgumentException when it makes no sense here
  Optional<String> resolved(@Nullable String told) {
    String value = told == null || told.isBlank() ? usual : told.strip();
    return switch (sort) {
      case NONE -> {
        if (!value.isEmpty()) {
          throw new IllegalArgumentException("this fault takes no value");
        }
        yield Optional.empty();
      }
      case TIME -> {
        if (duration(value).isNegative()) {
          throw new IllegalArgumentException(
              "value is '%s', expected a time such as %s".formatted(value, usual));
        }
        yield Optional.of(value);
      }
      case SKEW -> {
        duration(value);
        yield Optional.of(value);
      }
      case REFUSAL_FOR_NOW -> Optional.of(refusal(value, 4));
      case REFUSAL_FOR_GOOD -> Optional.of(refusal(value, 5));
    };
  }

  static Duration duration(String value) {
    Matcher matcher = TIME.matcher(value);
    if (matcher.matches()) {
      long number = Long.parseLong(matcher.group(2));
      Duration length =
          switch (matcher.group(3)) {
            case "h" -> Duration.ofHours(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofSeconds(number);
          };
      if (length.compareTo(LONGEST) <= 0) {
        return matcher.group(1).isEmpty() ? length : length.negated();
      }
    }
    throw new IllegalArgumentException(
        "value is '%s', expected a time such as 20s or 5m, at most 24h".formatted(value));
  }

  private String refusal(String value, int first) {
    return SmtpReply.parse(value)
        .filter(reply -> reply.code() / 100 == first)
        .map(_ -> value)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "value is '%s', expected a reply such as '%s'".formatted(value, usual)));
  }
}
