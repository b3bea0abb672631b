package io.mailcanary.prober;

import java.time.Duration;

/// When to look for a canary that a relay has taken. Learns from the path's own past, so that one
/// to three looks are enough for most canaries and come soon after they arrived.
///
/// The first look tracks the time by which nine of twenty have arrived (a stochastic approximation
/// of that quantile, after Robbins and Monro, 1951): each hit moves it a little earlier, each miss
/// a little farther later. The steps are long at first and become shorter. An earlier first look
/// costs a second one too often, a later one lets most canaries lie.
///
/// On a quick path that moment is the very one in which the server has the mailbox locked, and a
/// look then may wait for long: Dovecot asks for its lock again after 100 to 200 ms. So, once the
/// time of such a path is known, looking begins a few milliseconds later, when nearly all have
/// arrived (the longer they take, the farther apart they come), and only now and then at that time,
/// to learn whether the path has become faster.
final class LookPlan {
  private static final double HITS = 0.45;
  private static final double LONGEST_STEP = 0.8;
  private static final double SHORTEST_STEP = 0.15;
  private static final double SHORTENING = 0.88;
  private static final double SOONEST = 0.001;
  private static final double LATEST = 600;
  private static final double SHORTEST_GAP = 0.005;
  private static final double GAP = 0.25;
  private static final double GROWTH = 1.6;
  private static final double MARGIN = 1.25;
  private static final double LONGEST_MARGIN = 0.01;
  private static final double FAR = 4;

  /// What a server says of a time may be a second off.
  private static final double COARSE = 2;

  private static final int MOST_LOOKS = 24;

  private static final int USUAL_RUN = 8;

  /// Where arrivals lie farther apart than this, few come in the moment of a look.
  private static final double QUICK = 0.05;

  private static final int UNTIL_KNOWN = 8;
  private static final int NOW_AND_THEN = 32;

  private double first = 0.02;
  private double step = LONGEST_STEP;
  private int hits;
  private int canaries;

  /// The wait from the hand-over to look number `look`.
  ///
  /// @param look from 0
  synchronized Duration after(int look) {
    double wait =
        isLearning() ? first : first + Math.clamp(first * MARGIN, SHORTEST_GAP, LONGEST_MARGIN);
    double gap = Math.max(SHORTEST_GAP, first * GAP);
    for (int i = 0; i < look; i++) {
      wait += gap;
      gap *= GROWTH;
    }
    return seconds(wait);
  }

  /// Whether the reader's own means (push and slow polls) take over from here.
  static boolean isOver(int look) {
    return look >= MOST_LOOKS;
  }

  /// A canary was found.
  ///
  /// @param missed whether the first look for it was in vain
  /// @param took from the hand-over to the arrival
  synchronized void found(boolean missed, Duration took) {
    boolean learning = isLearning();
    canaries++;
    // Whoever looks later finds nearly all, and learns nothing from it.
    if (learning || missed) {
      learn(missed, took);
    }
  }

  private boolean isLearning() {
    return first > QUICK || canaries < UNTIL_KNOWN || canaries % NOW_AND_THEN == 0;
  }

  private void learn(boolean missed, Duration took) {
    double seen = took.toNanos() / 1e9;
    hits = missed ? 0 : hits + 1;
    if (missed && first > COARSE && seen < first / 2) {
      // It was there long before: something else hid it, and to look later would help nothing.
      first = first / 2;
    } else if (missed && seen > first * FAR) {
      // Far off: the path has become slower.
      first = Math.min(first * 2, first + (seen - first) * 0.3);
    } else if (missed) {
      first *= Math.exp(step * HITS);
    } else if (seen < first / 2) {
      // Something else showed it long before: the path has become faster.
      first = first / 2;
    } else {
      // A long run of hits says that it is far too late: then the steps grow.
      first *= Math.exp(-step * (1 - HITS) * Math.max(1, hits - USUAL_RUN));
    }
    first = Math.clamp(first, SOONEST, LATEST);
    step = Math.max(SHORTEST_STEP, step * SHORTENING);
  }

  private static Duration seconds(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }
}
