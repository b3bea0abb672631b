package io.mailcanary.prober;

import java.time.Instant;
import java.util.Arrays;

/// How often something happened within the last minute, or two to four seconds more: what is
/// counted leaves up to a second later.
final class LastMinute {
  private static final int STEP = 2;
  private static final int STEPS = 60 / STEP + 2;

  private final int[] counts = new int[STEPS];
  private long step;

  /// It is so late now. After the clock was set back what was counted is forgotten no sooner.
  void goOn(Instant now) {
    long next = Math.floorDiv(now.getEpochSecond(), (long) STEP);
    if (next - step >= STEPS) {
      Arrays.fill(counts, 0);
    } else {
      for (long one = step + 1; one <= next; one++) {
        counts[place(one)] = 0;
      }
    }
    step = next;
  }

  void add() {
    counts[place(step)]++;
  }

  int sum() {
    return Arrays.stream(counts).sum();
  }

  private static int place(long step) {
    return Math.floorMod(step, STEPS);
  }
}
