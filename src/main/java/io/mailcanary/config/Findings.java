package io.mailcanary.config;

import java.util.List;
import java.util.TreeSet;

/// Collects problems in the order of their places.
final class Findings {
  private static final int MOST = 10_000;

  private final TreeSet<Problem> problems = new TreeSet<>();
  private long added;

  /// A fault found twice, as through an alias, counts once.
  void add(Spot at, String key, String message) {
    added++;
    if (problems.size() < MOST) {
      problems.add(new Problem(at.file(), at.line(), at.column(), key, message));
    }
  }

  boolean isEmpty() {
    return problems.isEmpty();
  }

  /// How often something was added; it grows with each, known or not.
  long added() {
    return added;
  }

  List<Problem> all() {
    return List.copyOf(problems);
  }
}
