package io.mailcanary.incident;

import io.mailcanary.verdict.Words;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Puts what the rules know in words.
final class Sentences {
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("HH:mm").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);
  private static final Pattern CODES =
      Pattern.compile("(?<![\\d.])([45]\\d\\d)(?:[ -]+([45]\\.\\d{1,3}\\.\\d{1,3}))?(?![\\d.])");

  private Sentences() {}

  /// `10:04` on the same day, with the date otherwise.
  static String time(Instant at, Instant now) {
    return Duration.between(at, now).abs().compareTo(Duration.ofHours(18)) < 0
        ? MINUTE.format(at)
        : DAY.format(at);
  }

  static String second(Instant at) {
    return SECOND.format(at) + " UTC";
  }

  static String evidence(Outcome outcome) {
    String who = outcome.leg().isEmpty() ? outcome.path() : outcome.path() + "/" + outcome.leg();
    return "%s %s: canary %s: %s"
        .formatted(second(outcome.at()), who, outcome.canary(), saying(outcome));
  }

  private static String saying(Outcome outcome) {
    if (!outcome.words().isEmpty()) {
      return outcome.words();
    }
    return switch (outcome.result()) {
      case MISSING ->
          "no trace after " + Words.of(Duration.between(outcome.sentAt(), outcome.at()));
      case SLOW -> {
        Duration latency = outcome.latency();
        yield latency == null ? "slow" : "delivered after " + Words.of(latency);
      }
      case PENDING -> "on its way";
      case GREYLISTED -> "greylisted";
      case GOOD -> "delivered";
      case MISFILED -> "found in another folder than expected";
      case DUPLICATED -> "delivered more than once";
      case ALTERED -> "delivered with its content changed";
      case UNAUTHENTICATED -> "delivered without its authentication";
      case DEFERRED -> "deferred";
      case REJECTED -> "rejected";
      case BOUNCED -> "bounced";
      case UNCAUGHT -> "let through, although it should have been caught";
      case UNSEEN -> "not to be seen";
    };
  }

  /// The code that a refusal carries, such as `450 4.1.8`; empty when there is none.
  static String code(String words) {
    Matcher matcher = CODES.matcher(words);
    if (!matcher.find()) {
      return "";
    }
    return matcher.group(2) == null ? matcher.group(1) : matcher.group(1) + " " + matcher.group(2);
  }

  /// `a`, `a and b`, `a, b and 5 more`.
  static String list(Collection<String> names) {
    List<String> all = List.copyOf(names);
    return switch (all.size()) {
      case 0 -> "";
      case 1 -> all.get(0);
      case 2 -> all.get(0) + " and " + all.get(1);
      case 3 -> all.get(0) + ", " + all.get(1) + " and " + all.get(2);
      default -> all.get(0) + ", " + all.get(1) + " and " + (all.size() - 2) + " more";
    };
  }

  static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }
}
