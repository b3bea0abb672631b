package io.mailcanary.dns;

/// Text out of DNS, made harmless to show: control characters and what isn't ASCII as `\DDD`.
final class Visible {
  private static final int LONGEST = 1_000;

  private Visible() {}

  static String quoted(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        shown.append('\\').append(c);
      } else if (c < 0x20 || c > 0x7e) {
        shown.append("\\%03d".formatted((int) c));
      } else {
        shown.append(c);
      }
    }
    return shown.toString();
  }

  /// The same, cut where it gets long.
  static String brief(String text) {
    return text.length() <= LONGEST
        ? quoted(text)
        : quoted(text.substring(0, LONGEST)) + "… (" + text.length() + " characters)";
  }

  /// Text that is shown already, cut where it gets long.
  static String cut(String text) {
    return text.length() <= LONGEST
        ? text
        : text.substring(0, LONGEST) + "… (" + text.length() + " characters)";
  }
}
