package io.mailcanary.path;

import java.util.Optional;

/// When somebody is told.
///
/// @param page how many of how many wake somebody
/// @param warn how many of how many are worth a message
/// @param recover deliveries in a row that prove recovery
public record Alert(Share page, Optional<Share> warn, int recover) {
  /// `bad` of the newest `of`.
  public record Share(int bad, int of) {
    public Share {
      if (bad < 1 || of < bad) {
        throw new IllegalArgumentException(
            "'%d of %d': expected at least 1 of at least as many".formatted(bad, of));
      }
    }

    @Override
    public String toString() {
      return bad + " of " + of;
    }
  }
}
