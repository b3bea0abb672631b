package io.mailcanary.cli;

import org.jspecify.annotations.Nullable;

/// Says what went wrong in a sentence; nobody at a terminal is helped by a stack trace.
final class Faults {
  private Faults() {}

  static String sentence(Throwable failure) {
    StringBuilder text = new StringBuilder("mailcanary: ");
    String last = "";
    int depth = 0;
    for (@Nullable Throwable cause = failure;
        cause != null && depth < 4;
        cause = cause.getCause()) {
      String words = cause.getMessage();
      words = words == null || words.isBlank() ? cause.getClass().getSimpleName() : words;
      if (!last.contains(words)) {
        text.append(depth == 0 ? "" : ": ").append(words.strip());
        last = words;
        depth++;
      }
    }
    return text.toString();
  }
}
