package io.mailcanary.mail;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds reply code and enhanced status in what somebody quotes of an SMTP dialogue.
final class ReplyWords {
  private static final int LONGEST = 4000;

  /// No digits or dots around: not within an address, a date or an id.
  private static final Pattern STATUS =
      Pattern.compile("(?<![\\d.])([245])\\.(\\d)\\.(\\d{1,3})(?!\\.?\\d)");

  private static final Pattern CODE_AND_STATUS =
      Pattern.compile(
          "(?<![\\w.-])([245][0-5]\\d)[ -]['#(\\[]?([245])\\.(\\d)\\.(\\d{1,3})(?!\\.?\\d)");
  private static final Pattern CODE =
      Pattern.compile(
          "(?<![\\w.@/:=-])([245][0-5]\\d)(?=[ :,;-]|$)(?! ?(?:ms|s|sec|seconds|bytes|KB|MB)\\b)");

  private ReplyWords() {}

  /// The reply code: one with an enhanced status behind it before any other.
  static Optional<Integer> code(String text) {
    String cut = cut(text);
    Matcher both = CODE_AND_STATUS.matcher(cut);
    if (both.find()) {
      return Optional.of(Integer.parseInt(both.group(1)));
    }
    Matcher code = CODE.matcher(cut);
    return code.find() ? Optional.of(Integer.parseInt(code.group(1))) : Optional.empty();
  }

  /// The enhanced status that says most: one behind a reply code, one with a subject, any.
  static Optional<EnhancedStatus> status(String text) {
    Optional<EnhancedStatus> quoted = quoted(text).filter(status -> !status.isGeneral());
    if (quoted.isPresent()) {
      return quoted;
    }
    Matcher matcher = STATUS.matcher(cut(text));
    Optional<EnhancedStatus> general = Optional.empty();
    while (matcher.find()) {
      EnhancedStatus status =
          new EnhancedStatus(
              Integer.parseInt(matcher.group(1)),
              Integer.parseInt(matcher.group(2)),
              Integer.parseInt(matcher.group(3)));
      if (!status.isGeneral()) {
        return Optional.of(status);
      }
      general = general.or(() -> Optional.of(status));
    }
    return general;
  }

  /// The enhanced status that stands behind a reply code.
  static Optional<EnhancedStatus> quoted(String text) {
    Matcher both = CODE_AND_STATUS.matcher(cut(text));
    return both.find()
        ? Optional.of(
            new EnhancedStatus(
                Integer.parseInt(both.group(2)),
                Integer.parseInt(both.group(3)),
                Integer.parseInt(both.group(4))))
        : Optional.empty();
  }

  private static String cut(String text) {
    return text.length() > LONGEST ? text.substring(0, LONGEST) : text;
  }
}
