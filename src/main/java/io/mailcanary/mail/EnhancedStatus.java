package io.mailcanary.mail;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An enhanced mail system status code (RFC 3463 §2), such as 4.1.8.
public record EnhancedStatus(int statusClass, int subject, int detail) {
  private static final Pattern AT_START =
      Pattern.compile("\\s*([245])\\.(\\d{1,3})\\.(\\d{1,3})(?![\\d.])");

  /// Reads the code that opens a reply's text (RFC 2034 §4), if there is one.
  public static Optional<EnhancedStatus> opening(String text) {
    Matcher matcher = AT_START.matcher(text);
    return matcher.lookingAt()
        ? Optional.of(
            new EnhancedStatus(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3))))
        : Optional.empty();
  }

  /// The code that says most of those that stand anywhere in a text, if there is one.
  public static Optional<EnhancedStatus> within(String text) {
    return ReplyWords.status(text);
  }

  /// Whether it says no more than its class (X.0.0).
  public boolean isGeneral() {
    return subject == 0 && detail == 0;
  }

  @Override
  public String toString() {
    return statusClass + "." + subject + "." + detail;
  }
}
