package io.mailcanary.web;

import io.pebbletemplates.pebble.extension.escaper.EscapingStrategy;

/// Makes text of others safe to show: no markup, and nothing that hides or turns what follows.
final class Visible implements EscapingStrategy {
  @Override
  public String escape(String text) {
    return of(text);
  }

  /// The text for HTML, in an element or a quoted attribute.
  static String of(String text) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    text.codePoints().forEach(c -> append(safe, c));
    return safe.toString();
  }

  private static void append(StringBuilder safe, int c) {
    switch (c) {
      case '&' -> safe.append("&amp;");
      case '<' -> safe.append("&lt;");
      case '>' -> safe.append("&gt;");
      case '"' -> safe.append("&quot;");
      case '\'' -> safe.append("&#39;");
      case '`' -> safe.append("&#96;");
      case '\n', '\t' -> safe.append((char) c);
      default -> {
        if (isHidden(c)) {
          safe.append(String.format("⟨U+%04X⟩", c));
        } else {
          safe.appendCodePoint(c);
        }
      }
    }
  }

  /// Controls, what turns the direction of writing (UAX 9), has no width, or is no character.
  private static boolean isHidden(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
