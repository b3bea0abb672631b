package io.mailcanary.mailbox;

import java.util.HashSet;
import java.util.Set;

/// Which messages of a folder were told: a fingerprint each, of those that are still there.
final class Uids {
  /// Beyond that the oldest messages of a folder are not looked at.
  static final int MOST = 200_000;

  private Set<Long> known = new HashSet<>();

  boolean knows(String uid) {
    return known.contains(fingerprint(uid));
  }

  /// Notes a message.
  ///
  /// @return whether it was new
  boolean add(String uid) {
    return known.size() < 2 * MOST && known.add(fingerprint(uid));
  }

  /// Forgets all but those that are there.
  void keep(Set<Long> there) {
    Set<Long> kept = new HashSet<>();
    for (Long one : known) {
      if (there.contains(one)) {
        kept.add(one);
      }
    }
    known = kept;
  }

  /// FNV-1a, 64 bits.
  static long fingerprint(String uid) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < uid.length(); i++) {
      hash = (hash ^ uid.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }
}
