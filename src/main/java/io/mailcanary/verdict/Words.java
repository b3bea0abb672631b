package io.mailcanary.verdict;

import io.mailcanary.canary.Evidence;
import io.mailcanary.mail.SmtpReply;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Puts facts in words for a person.
public final class Words {
  /// Ends what is said of a canary that a report had given up.
  public static final String TAKEN_BACK = "the bounce that came before was wrong";

  private static final int LONGEST = 300;

  /// `relay.example:25 at rcpt: 450 …` of an attempt of ours, `mx.example: 450 …` of a report.
  private static final Pattern SAID =
      Pattern.compile(
          "((?:[\\w.-]{1,253}|\\[[0-9a-fA-F:.]{2,45}])(?::\\d{1,5})?)"
              + "(?: at [a-z-]+:|: (?=\\d{3}[ -]|[245]\\.\\d{1,3}\\.)).*",
          Pattern.DOTALL);

  private static final Pattern SPACE = Pattern.compile("\\s+");

  private Words() {}

  /// Two units at most: `42 ms`, `3.1 s`, `5 min 10 s`, `2 h 4 min`, `3 d 1 h`.
  public static String of(Duration duration) {
    long millis = duration.toMillis();
    if (millis < 1000) {
      return millis + " ms";
    }
    long seconds = duration.toSeconds();
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1000.0).replace(".0 s", " s");
    }
    if (seconds < 3600) {
      return two(seconds / 60, "min", seconds % 60, "s");
    }
    if (seconds < 86_400) {
      return two(seconds / 3600, "h", seconds % 3600 / 60, "min");
    }
    return two(seconds / 86_400, "d", seconds % 86_400 / 3600, "h");
  }

  /// Where an attempt ended and what was said there, in one line.
  public static String of(Evidence evidence) {
    String where = evidence.host() + " at " + evidence.stage().word();
    SmtpReply reply = evidence.reply();
    if (reply != null) {
      return cut(where + ": " + reply.toString().replace('\n', ' '));
    }
    Evidence.Failure failure = evidence.failure();
    return cut(failure == null ? where : where + ": " + failure.words());
  }

  /// The host, and the port where we asked it, that said such words; empty where they name none.
  public static String speaker(String words) {
    Matcher said = SAID.matcher(words);
    return said.matches() ? said.group(1) : "";
  }

  /// What somebody said, in one line of bounded length.
  public static String line(String text) {
    return cut(SPACE.matcher(text).replaceAll(" ").strip());
  }

  private static String two(long big, String bigUnit, long small, String smallUnit) {
    return small == 0
        ? "%d %s".formatted(big, bigUnit)
        : "%d %s %d %s".formatted(big, bigUnit, small, smallUnit);
  }

  private static String cut(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
  }
}
