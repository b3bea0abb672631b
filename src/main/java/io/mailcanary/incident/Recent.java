package io.mailcanary.incident;

import io.mailcanary.canary.CanaryId;
import java.util.function.Predicate;

/// The newest canaries of one leg in the order in which they were sent, and what became of them.
/// What is not known yet is passed over, so the verdict of a slow one is outvoted by those that
/// were sent after it and arrived.
final class Recent {
  static final int KEPT = 64;

  private static final Result[] RESULTS = Result.values();

  private final long[] highs = new long[KEPT];
  private final long[] lows = new long[KEPT];
  private final long[] sent = new long[KEPT];

  /// By ordinal, since there are very many of them in memory.
  private final byte[] results = new byte[KEPT];

  private final boolean[] confirming = new boolean[KEPT];
  private long next;
  private long floor;
  private long unsettled;

  /// @param confirms whether it was sent between the turns, because of a doubt
  void push(CanaryId id, long sentAt, boolean confirms) {
    int slot = slot(next);
    confirming[slot] = confirms;
    highs[slot] = id.high();
    lows[slot] = id.low();
    sent[slot] = sentAt;
    next++;
    set(next - 1, Result.PENDING);
    unsettled = Math.max(unsettled, next - KEPT);
  }

  /// @return its place; -1 when it is not among them
  long find(CanaryId id) {
    for (long i = next - 1; i >= first(); i--) {
      if (lows[slot(i)] == id.low() && highs[slot(i)] == id.high()) {
        return i;
      }
    }
    return -1;
  }

  Result result(long place) {
    return RESULTS[results[slot(place)]];
  }

  void set(long place, Result result) {
    results[slot(place)] = (byte) result.ordinal();
  }

  long sentAt(long place) {
    return sent[slot(place)];
  }

  boolean isConfirming(long place) {
    return confirming[slot(place)];
  }

  CanaryId id(long place) {
    return new CanaryId(highs[slot(place)], lows[slot(place)]);
  }

  /// When the newest was sent; 0 when there is none.
  long newest() {
    return next == 0 ? 0 : sent[slot(next - 1)];
  }

  /// What became of the newest one of which something is known; PENDING when there is none.
  Result newestKnown() {
    return newest(Result::isKnown);
  }

  /// What became of the newest one with which something was wrong; PENDING when there is none.
  Result newestShort() {
    return newest(Result::isShort);
  }

  private Result newest(Predicate<Result> fitting) {
    for (long i = next - 1; i >= first(); i--) {
      if (fitting.test(result(i))) {
        return result(i);
      }
    }
    return Result.PENDING;
  }

  /// Whether the canary at this place is judged with those of before.
  boolean isJudged(long place) {
    return place >= floor;
  }

  /// The oldest that is pending or greylisted; -1 when there is none.
  long oldestOpen() {
    while (unsettled < next && !isOpen(unsettled)) {
      unsettled++;
    }
    return unsettled < next ? unsettled : -1;
  }

  /// The one after it.
  long nextOpen(long place) {
    for (long i = place + 1; i < next; i++) {
      if (isOpen(i)) {
        return i;
      }
    }
    return -1;
  }

  /// How many of the newest `of` whose fate is known are bad.
  int bad(int of) {
    int known = 0;
    int bad = 0;
    for (long i = next - 1; i >= Math.max(first(), floor) && known < of; i--) {
      Result result = result(i);
      known += result.isKnown() ? 1 : 0;
      bad += result.isBad() ? 1 : 0;
    }
    return bad;
  }

  /// Whether one that was sent to confirm a doubt is among the bad ones of the newest `of`, or one
  /// that somebody refused.
  boolean isConfirmed(int of) {
    int known = 0;
    for (long i = next - 1; i >= Math.max(first(), floor) && known < of; i--) {
      Result result = result(i);
      known += result.isKnown() ? 1 : 0;
      boolean silent = result == Result.MISSING || result == Result.SLOW;
      if (result.isBad() && (confirming[slot(i)] || !silent)) {
        return true;
      }
    }
    return false;
  }

  /// How many of the newest `of` whose fate is known are not as promised.
  int fallShort(int of) {
    int known = 0;
    int count = 0;
    for (long i = next - 1; i >= Math.max(first(), floor) && known < of; i--) {
      Result result = result(i);
      known += result.isKnown() ? 1 : 0;
      count += result.isShort() ? 1 : 0;
    }
    return count;
  }

  /// How many of the newest, without a gap, are not bad; with `strict` are as promised.
  int goodInARow(boolean strict) {
    int good = 0;
    for (long i = next - 1; i >= Math.max(first(), floor); i--) {
      Result result = result(i);
      if (strict ? result.isShort() : result.isBad()) {
        break;
      }
      good += result.isKnown() ? 1 : 0;
    }
    return good;
  }

  /// When the oldest of the bad ones was sent that lead to the newest; `otherwise` if none is bad.
  long onset(long otherwise) {
    long onset = otherwise;
    int good = 0;
    for (long i = next - 1; i >= Math.max(first(), floor) && good < 3; i--) {
      Result result = result(i);
      if (result.isShort()) {
        onset = sent[slot(i)];
        good = 0;
      } else if (result.isKnown()) {
        good++;
      }
    }
    return onset;
  }

  /// How many that were sent since then were held up or missing, and are not there yet.
  int heldUpSince(long onset) {
    int count = 0;
    for (long i = first(); i < next; i++) {
      Result result = result(i);
      boolean heldUp = result == Result.MISSING || result == Result.DEFERRED;
      count += heldUp && sent[slot(i)] >= onset ? 1 : 0;
    }
    return count;
  }

  /// What was there is not judged again.
  void forgetPast() {
    floor = next;
  }

  /// Our own clock was set.
  void shift(long millis) {
    for (int i = 0; i < KEPT; i++) {
      sent[i] += millis;
    }
  }

  private boolean isOpen(long place) {
    Result result = result(place);
    return result == Result.PENDING || result == Result.GREYLISTED;
  }

  private long first() {
    return Math.max(0, next - KEPT);
  }

  private static int slot(long place) {
    return (int) (place % KEPT);
  }
}
