package io.mailcanary.config;

import java.util.Comparator;

/// One fault of the probe files, and where it stands.
///
/// @param file as the user wrote the folder, and the name of the file
/// @param line counted from 1
/// @param column counted from 1, in characters
/// @param key the key with those around it, such as `paths.campus.every`
/// @param message what is wrong, and what is allowed
public record Problem(String file, int line, int column, String key, String message)
    implements Comparable<Problem> {
  private static final int LONGEST_KEY = 300;
  private static final int LONGEST_MESSAGE = 1_000;
  private static final Comparator<Problem> BY_PLACE =
      Comparator.comparing(Problem::file)
          .thenComparingInt(Problem::line)
          .thenComparingInt(Problem::column)
          .thenComparing(Problem::key)
          .thenComparing(Problem::message);

  public Problem {
    key = oneLine(key, LONGEST_KEY);
    message = oneLine(message, LONGEST_MESSAGE);
  }

  @Override
  public int compareTo(Problem other) {
    return BY_PLACE.compare(this, other);
  }

  @Override
  public String toString() {
    return "%s:%d:%d: %s: %s".formatted(file, line, column, key, message);
  }

  /// Keys and values are whatever stood in the file: none may break the line or fill the screen.
  private static String oneLine(String text, int longest) {
    String shown = text.length() <= longest ? text : text.substring(0, longest) + "…";
    StringBuilder clean = new StringBuilder(shown.length());
    shown.codePoints().forEach(c -> clean.appendCodePoint(isPrintable(c) ? c : '\uFFFD'));
    return clean.toString();
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
