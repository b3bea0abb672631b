package io.mailcanary.schedule;

import java.nio.charset.StandardCharsets;

/// A hash that is the same on every replica and in every release, each bit of it well mixed.
final class StableHash {
  private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private StableHash() {}

  /// FNV-1a over the UTF-8 form, finished as Murmur3 does: FNV alone leaves the high bits of short
  /// names nearly alike.
  static long of(String text) {
    long hash = OFFSET_BASIS;
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (octet & 0xff)) * PRIME;
    }
    return mixed(hash);
  }

  static long mixed(long value) {
    long hash = value;
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }
}
