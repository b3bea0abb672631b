package io.mailcanary.canary;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A message of ours, found in a mailbox.
///
/// @param at when the mailbox had it
/// @param resolution how exactly that is known: milliseconds when we saw it come, a second or more
///   when the server's own clock told us afterwards
/// @param bookedAt when we knew of it
/// @param uid what names the message within its folder, for good
public record Arrival(
    Instant at, Duration resolution, Instant bookedAt, String mailbox, String folder, String uid) {

  /// Whether both are one and the same message in one and the same place.
  public boolean isSameMessage(@Nullable Arrival other) {
    return other != null
        && mailbox.equals(other.mailbox)
        && folder.equals(other.folder)
        && uid.equals(other.uid);
  }
}
