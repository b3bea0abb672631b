package io.mailcanary.mail;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A file of messages one after the other, each behind a line `From sender date` (RFC 4155).
public final class Mbox {
  /// No more messages of one file are looked at.
  public static final int MOST = 10_000;

  private static final Pattern SEPARATOR =
      Pattern.compile(
          "(?m)(?:\\A|(?<=\\n\\n|\\n\\r\\n))From [^\\n]{1,200}\\d{1,2}:\\d{1,2}[^\\n]{0,40}\\d{4}[^\\n]{0,40}\\r?\\n(?=[A-Za-z][A-Za-z-]{1,60}:)");

  private Mbox() {}

  /// The messages of a file, or the one that it is, without the separating lines.
  ///
  /// @param text a char a byte
  public static List<String> split(String text) {
    List<String> messages = new ArrayList<>();
    Matcher matcher = SEPARATOR.matcher(text);
    int begin = 0;
    while (messages.size() < MOST && matcher.find()) {
      if (matcher.start() > 0) {
        messages.add(text.substring(begin, matcher.start()));
      }
      begin = matcher.end();
    }
    messages.add(text.substring(begin));
    return messages;
  }
}
