package io.mailcanary.path;

/// A value that nobody gets to see: it has no `toString` worth reading.
///
/// Read when the probe files are read; a changed secret file counts as a changed probe file.
public record Secret(String value) {
  @Override
  public String toString() {
    return "***";
  }
}
