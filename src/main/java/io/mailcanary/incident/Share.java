package io.mailcanary.incident;

/// How many of those that could be hit are hit.
///
/// @param failing at most `of`
/// @param of how many paths (or receivers of a group) share what the incident is about
public record Share(int failing, int of) {
  @Override
  public String toString() {
    return failing + " of " + of;
  }
}
