package io.mailcanary.mail;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds mail addresses in text. What is found is a text in the form of one, no more.
final class Addresses {
  private static final int MOST = 50;
  static final String FORM =
      "[\\p{L}\\p{N}!#$%&'*+/=?^_`{|}~.-]{1,128}@(?:[\\p{L}\\p{N}_-]{1,63}\\.){0,20}[\\p{L}\\p{N}_-]{1,63}";
  private static final Pattern ADDRESS = Pattern.compile(FORM);

  private Addresses() {}

  static Optional<String> first(String text) {
    Matcher matcher = ADDRESS.matcher(text);
    return matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
  }

  static List<String> all(String text) {
    Set<String> found = new LinkedHashSet<>();
    Matcher matcher = ADDRESS.matcher(text);
    while (found.size() < MOST && matcher.find()) {
      found.add(matcher.group());
    }
    return List.copyOf(found);
  }

  /// The address in `<user@example.org>` or `Name <user@example.org>`, or the text where there is
  /// none.
  static String bare(String text) {
    return first(text)
        .orElseGet(() -> {
          String line = text.strip();
          boolean angled = line.length() > 2 && line.startsWith("<") && line.endsWith(">");
          return angled ? line.substring(1, line.length() - 1) : line;
        });
  }
}
