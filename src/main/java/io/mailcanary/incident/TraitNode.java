package io.mailcanary.incident;

import java.util.TreeSet;

/// One value of one trait, the paths that have it, and when a canary last passed there.
final class TraitNode {
  final Trait trait;
  final String value;
  final TreeSet<String> paths = new TreeSet<>();
  private long lastGood = Long.MIN_VALUE;

  TraitNode(Trait trait, String value) {
    this.trait = trait;
    this.value = value;
  }

  String key() {
    return trait.word() + ":" + value;
  }

  /// A canary that was sent then arrived.
  void passed(long sentAt) {
    lastGood = Math.max(lastGood, sentAt);
  }

  /// Whether nothing that was sent after `onset` arrived.
  boolean isCut(long onset) {
    return lastGood <= onset;
  }

  void shift(long millis) {
    lastGood = lastGood == Long.MIN_VALUE ? lastGood : lastGood + millis;
  }

  @Override
  public String toString() {
    return trait.phrase(value);
  }
}
