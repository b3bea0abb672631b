package io.mailcanary.incident;

import io.mailcanary.mail.Severity;
import java.util.Locale;
import java.util.Optional;

/// How fast failures use up what an objective tolerates, over long and short windows. Counts stand
/// in two rings of buckets: fine ones for hours, coarse ones for days.
final class BurnRate {
  private static final long FINE = 5 * 60_000L;
  private static final long COARSE = 60 * 60_000L;
  private static final int BUCKETS = 73;

  /// What is never written but with zeros: most paths have no failures to count.
  private static final short[] NONE = new short[BUCKETS];

  private final short[] fineAll = new short[BUCKETS];
  private final short[] coarseAll = new short[BUCKETS];
  private short[] fineBad = NONE;
  private short[] coarseBad = NONE;
  private long fine = -1;
  private long coarse = -1;

  /// A rule that holds.
  record Fire(Severity severity, String reason) {}

  void add(boolean bad, long now) {
    move(now);
    int f = (int) (fine % BUCKETS);
    int c = (int) (coarse % BUCKETS);
    fineAll[f] = up(fineAll[f]);
    coarseAll[c] = up(coarseAll[c]);
    if (bad) {
      fineBad = fineBad == NONE ? new short[BUCKETS] : fineBad;
      coarseBad = coarseBad == NONE ? new short[BUCKETS] : coarseBad;
      fineBad[f] = up(fineBad[f]);
      coarseBad[c] = up(coarseBad[c]);
    }
  }

  /// The gravest rule that holds now.
  Optional<Fire> fire(RuleSettings settings, long now) {
    move(now);
    Optional<Fire> gravest = Optional.empty();
    for (RuleSettings.Burn burn : settings.burns()) {
      if (gravest.isEmpty() && holds(burn, settings)) {
        long over = burn.over().toMillis();
        gravest =
            Optional.of(
                new Fire(
                    burn.severity(),
                    String.format(
                        Locale.ROOT,
                        "%d of %d canaries failed within %d h: %.0f times what an objective of"
                            + " %.4s %% tolerates",
                        count(true, over),
                        count(false, over),
                        burn.over().toHours(),
                        rate(over, settings),
                        settings.objective() * 100)));
      }
    }
    return gravest;
  }

  void clear() {
    fineBad = NONE;
    coarseBad = NONE;
  }

  private boolean holds(RuleSettings.Burn burn, RuleSettings settings) {
    long over = burn.over().toMillis();
    return count(true, over) >= settings.fewestFailures()
        && rate(over, settings) >= burn.rate()
        && rate(burn.recently().toMillis(), settings) >= burn.rate();
  }

  private double rate(long window, RuleSettings settings) {
    int all = count(false, window);
    return all == 0 ? 0 : count(true, window) / (all * (1 - settings.objective()));
  }

  /// The window ends now; it is as long as asked for and up to a bucket longer.
  private int count(boolean bad, long window) {
    boolean days = window > FINE * (BUCKETS - 1);
    short[] ring = days ? bad ? coarseBad : coarseAll : bad ? fineBad : fineAll;
    long newest = days ? coarse : fine;
    long buckets = Math.min(BUCKETS, window / (days ? COARSE : FINE) + 1);
    int sum = 0;
    for (long i = newest; i > newest - buckets && i >= 0; i--) {
      sum += ring[(int) (i % BUCKETS)];
    }
    return sum;
  }

  private void move(long now) {
    fine = move(fine, now / FINE, fineAll, fineBad);
    coarse = move(coarse, now / COARSE, coarseAll, coarseBad);
  }

  private static long move(long from, long to, short[] all, short[] bad) {
    if (from < 0 || to <= from) {
      // A clock that was set back goes on in the bucket where it was.
      return Math.max(from, to);
    }
    for (long i = Math.max(from + 1, to - BUCKETS + 1); i <= to; i++) {
      all[(int) (i % BUCKETS)] = 0;
      bad[(int) (i % BUCKETS)] = 0;
    }
    return to;
  }

  private static short up(short count) {
    return count == Short.MAX_VALUE ? count : (short) (count + 1);
  }
}
