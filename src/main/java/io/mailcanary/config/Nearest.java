package io.mailcanary.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds the name that somebody probably meant.
final class Nearest {
  private static final int LONGEST = 100;
  private static final int MOST_SHOWN = 30;

  private Nearest() {}

  /// Ends a sentence about a name that is not known.
  static String among(String name, Collection<String> known) {
    if (known.isEmpty()) {
      return "there is none";
    }
    return find(name, known)
        .map("did you mean '%s'?"::formatted)
        .orElseGet(() -> "expected one of " + list(known));
  }

  static Optional<String> find(String name, Collection<String> known) {
    if (name.length() > LONGEST) {
      return Optional.empty();
    }
    return known.stream()
        .filter(candidate -> distance(name, candidate) <= tolerated(name, candidate))
        .min(Comparator.comparingInt(candidate -> distance(name, candidate)));
  }

  private static String list(Collection<String> known) {
    String shown = String.join(", ", known.stream().sorted().limit(MOST_SHOWN).toList());
    return known.size() > MOST_SHOWN ? shown + " …" : shown;
  }

  private static int tolerated(String name, String candidate) {
    boolean part =
        name.length() > 2
            && candidate.length() > 2
            && (candidate.startsWith(name) || name.startsWith(candidate));
    return part
        ? LONGEST
        : Math.min(3, Math.max(1, Math.min(name.length(), candidate.length()) / 3));
  }

  /// Levenshtein's: letters to put in, take out or exchange.
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int exchanged = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(exchanged, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
