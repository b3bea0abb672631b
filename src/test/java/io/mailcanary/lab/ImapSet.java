package io.mailcanary.lab;

import java.util.ArrayList;
import java.util.List;

/// A set of numbers as IMAP writes it: `1:4,9,12:*`.
final class ImapSet {

  private record Range(long low, long high) {
    boolean has(long number) {
      return number >= low && number <= high;
    }
  }

  private final List<Range> ranges = new ArrayList<>();

  /// `*` is the highest number in use.
  ImapSet(String text, long highest) {
    for (String part : text.split(",", -1)) {
      String[] ends = part.split(":", -1);
      long first = number(ends[0], highest);
      long last = number(ends[ends.length - 1], highest);
      ranges.add(new Range(Math.min(first, last), Math.max(first, last)));
    }
  }

  static boolean looksLikeOne(String text) {
    return text.matches("[0-9*][0-9*:,]*");
  }

  private static long number(String text, long highest) {
    return text.equals("*") ? highest : Long.parseLong(text);
  }

  boolean has(long number) {
    return ranges.stream().anyMatch(range -> range.has(number));
  }

  long lowest() {
    return ranges.stream().mapToLong(Range::low).min().orElse(1);
  }

  long highest() {
    return ranges.stream().mapToLong(Range::high).max().orElse(0);
  }
}
