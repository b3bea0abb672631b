package io.mailcanary.dns;

import java.util.List;

final class Differences {
  private Differences() {}

  static List<SnapshotDifference> between(Snapshot before, Snapshot after) {
    throw new IllegalStateException(before + " " + after);
  }
}
