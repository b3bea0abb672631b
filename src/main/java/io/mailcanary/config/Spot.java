package io.mailcanary.config;

/// A place in a file, line and column counted from 1.
record Spot(String file, int line, int column) {
  /// The start of a file.
  static Spot startOf(String file) {
    return new Spot(file, 1, 1);
  }

  @Override
  public String toString() {
    return "%s:%d:%d".formatted(file, line, column);
  }
}
