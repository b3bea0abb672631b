package io.mailcanary.drill;

import java.util.List;

/// What came of a drill.
///
/// @param expected what was expected, a sentence each, with what became of it
/// @param seen the time line
public record Result(
    String name, String title, boolean passed, List<Met> expected, List<Seen> seen) {
  /// @param words what was expected, or what never may come
  public record Met(String words, boolean met) {}

  public Result {
    expected = List.copyOf(expected);
    seen = List.copyOf(seen);
  }
}
