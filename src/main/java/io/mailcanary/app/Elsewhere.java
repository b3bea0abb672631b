package io.mailcanary.app;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.runtime.Aside;
import io.mailcanary.store.LatestNews;
import io.mailcanary.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// On a database that several replicas share: what the others put on record of canaries is known
/// here, too, a moment later.
final class Elsewhere {
  private static final Logger LOG = LoggerFactory.getLogger(Elsewhere.class);

  /// Entries come on record out of order by less than this.
  private static final Duration STRAGGLING = Duration.ofSeconds(5);

  /// Others may be at work for so long before they are known to be there.
  private static final Duration UNNOTICED = Duration.ofSeconds(15);

  private static final int MOST_AT_ONCE = 20_000;

  private final LatestNews latest;
  private final BooleanSupplier alone;
  private final BiConsumer<Canary, String> told;
  private final Deque<Read> read = new ArrayDeque<>();
  private final Aside looking = new Aside("elsewhere");

  /// How far the entries had been read then.
  private record Read(Instant at, long upTo) {}

  /// @param told takes each canary, and what a server said of it last
  Elsewhere(LatestNews latest, BooleanSupplier alone, BiConsumer<Canary, String> told) {
    this.latest = latest;
    this.alone = alone;
    this.told = told;
  }

  /// Looks on a thread of its own, unless a look is under way.
  void look(Instant now) {
    looking.run(() -> {
      try {
        lookNow(now);
      } catch (StoreException e) {
        LOG.debug("what others put on record is not known: {}", e.getMessage());
      }
    });
  }

  /// From here on. Who reads the record for a start has to read it after this, or what others write
  /// in between is never known.
  void begin(Instant now) {
    read.addLast(new Read(now, latest.place()));
  }

  /// What is told twice changes nothing.
  void lookNow(Instant now) {
    if (alone.getAsBoolean()) {
      keepPace(now);
    } else {
      readOn(now);
    }
  }

  /// Reads nothing, but keeps a place from before anybody unknown can have written.
  private void keepPace(Instant now) {
    if (read.isEmpty() || !read.getLast().at().plus(STRAGGLING).isAfter(now)) {
      begin(now);
    }
    forgetBefore(now.minus(UNNOTICED));
  }

  private void readOn(Instant now) {
    if (read.isEmpty()) {
      begin(now);
    }
    LatestNews.Page page = latest.after(read.getFirst().upTo(), MOST_AT_ONCE);
    Map<CanaryId, LatestNews.Said> said =
        latest.said(
            page.canaries().stream()
                .filter(canary -> canary.arrival() == null)
                .map(Canary::id)
                .toList());
    for (Canary canary : page.canaries()) {
      LatestNews.Said words = said.get(canary.id());
      told.accept(canary, words == null ? "" : words.words());
    }
    read.addLast(new Read(now, page.upTo()));
    forgetBefore(now.minus(STRAGGLING));
  }

  /// All but the newest of those that are as old.
  private void forgetBefore(Instant since) {
    while (read.stream().skip(1).findFirst().filter(one -> !one.at().isAfter(since)).isPresent()) {
      read.removeFirst();
    }
  }
}
