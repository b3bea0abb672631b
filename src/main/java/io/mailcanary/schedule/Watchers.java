package io.mailcanary.schedule;

import java.util.Comparator;

/// Which replica keeps the net for a mailbox.
public final class Watchers {
  private Watchers() {}

  /// The member with the highest weight for this mailbox (rendezvous hashing): all who see the same
  /// members choose the same one, and when a member leaves only its own mailboxes move.
  public static String chooses(String mailbox, Members members) {
    return members.all().stream()
        .max(
            Comparator.<String>comparingLong(member -> weight(mailbox, member))
                .thenComparing(Comparator.naturalOrder()))
        .orElseThrow();
  }

  /// Whether this replica is the one.
  public static boolean isOurs(String mailbox, Members members) {
    return chooses(mailbox, members).equals(members.self());
  }

  private static long weight(String mailbox, String member) {
    return StableHash.mixed(StableHash.of(mailbox) ^ Long.rotateLeft(StableHash.of(member), 32));
  }
}
