package io.mailcanary.api;

import io.mailcanary.runtime.Aside;
import io.mailcanary.store.EndedSessions;
import io.mailcanary.store.EndedSessions.Ended;
import io.mailcanary.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which sessions were ended by people, on whichever replica: held in memory for each request, read
/// anew each second where several may share the database. A log-out binds the replica that takes it
/// at once, even while the database is away; the others follow when it is on record.
public final class LogOuts {
  private static final Logger LOG = LoggerFactory.getLogger(LogOuts.class);
  private static final int MOST = 100_000;

  /// Longer than a change of the database's primary takes.
  static final Duration TRUST = Duration.ofSeconds(30);

  /// What is being written while we read shows a moment later.
  private static final Duration STRAGGLING = Duration.ofMinutes(1);

  private final EndedSessions store;
  private final boolean shared;
  private final InstantSource clock;
  private final Map<String, Instant> ended = new LinkedHashMap<>();
  private final List<Ended> unwritten = new ArrayList<>();
  private final Aside looking = new Aside("log-outs");
  private volatile Instant seen = Instant.MIN;

  /// @param shared whether other replicas may write
  public LogOuts(EndedSessions store, boolean shared, InstantSource clock) {
    this.store = store;
    this.shared = shared;
    this.clock = clock;
  }

  /// What is known of a session that was not forged and has not run out.
  enum State {
    GOES_ON,
    ENDED,
    /// The database is away, and with it the knowledge what was ended elsewhere.
    IN_DOUBT
  }

  /// Where the database is away for longer, only those sessions go on that began since it was last
  /// heard: who logs in anew gets in, and no cookie that was given up opens anything.
  State state(String id, Instant began, Instant now) {
    synchronized (ended) {
      if (ended.containsKey(id)) {
        return State.ENDED;
      }
    }
    boolean certain = !shared || !seen.plus(TRUST).isBefore(now);
    return certain || began.isAfter(seen) ? State.GOES_ON : State.IN_DOUBT;
  }

  void end(String id, Instant until) {
    Ended one = new Ended(id, until);
    remember(List.of(one));
    synchronized (unwritten) {
      if (unwritten.size() < MOST) {
        unwritten.add(one);
      }
    }
    try {
      write();
    } catch (StoreException e) {
      LOG.warn("a log-out holds here alone until the database takes it: {}", e.getMessage());
    }
  }

  /// Looks on a thread of its own, unless a look is under way.
  public void look() {
    if (!shared && isWritten()) {
      return;
    }
    looking.run(() -> {
      try {
        lookNow();
      } catch (StoreException e) {
        LOG.debug("{}", e.getMessage());
      }
    });
  }

  /// Writes what is not on record yet, and reads what others wrote.
  public void lookNow() {
    write();
    Instant now = clock.instant();
    Duration time =
        seen.equals(Instant.MIN)
            ? Sessions.LIFETIME.plus(STRAGGLING)
            : Duration.between(seen, now).abs().plus(STRAGGLING);
    remember(store.within(time));
    seen = now;
  }

  private boolean isWritten() {
    synchronized (unwritten) {
      return unwritten.isEmpty();
    }
  }

  private void write() {
    List<Ended> all;
    synchronized (unwritten) {
      all = List.copyOf(unwritten);
    }
    for (Ended one : all) {
      store.put(one);
      synchronized (unwritten) {
        unwritten.remove(one);
      }
    }
  }

  private void remember(List<Ended> more) {
    synchronized (ended) {
      Instant now = clock.instant();
      ended.values().removeIf(until -> until.isBefore(now));
      for (Ended one : more) {
        if (one.until().isAfter(now)) {
          ended.putIfAbsent(one.id(), one.until());
        }
      }
      var eldest = ended.keySet().iterator();
      while (ended.size() > MOST) {
        eldest.next();
        eldest.remove();
      }
    }
  }
}
