package io.mailcanary.trace;

import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.notify.HttpDoor;
import io.mailcanary.notify.Outcome;
import io.mailcanary.runtime.ServiceSettings.Tracing;
import io.mailcanary.store.JournalEntry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gathers what happens to canaries, and tells each one's way once its fate is known.
///
/// Hearing costs a canary a look into a map; telling has a thread of its own. Whoever collects
/// traces may be slow or away: what does not fit any more is dropped and counted.
public final class CanaryTraces implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CanaryTraces.class);

  /// Its authentication is known a little after its arrival.
  private static final Duration SETTLING = Duration.ofSeconds(2);

  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final int MOST_OPEN = 20_000;
  private static final int MOST_WAITING = 2_000;
  private static final int TOGETHER = 100;

  private final Tracing settings;
  private final HttpDoor door;
  private final InstantSource clock;
  private final Function<CanaryId, List<Instant>> looks;
  private final String instance;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closing = lock.newCondition();
  private final Map<CanaryId, Story> open = new LinkedHashMap<>();
  private final Deque<Story> ready = new ArrayDeque<>();
  private final Thread teller;
  private long dropped;
  private boolean failing;
  private boolean closed;

  /// @param looks when a canary was looked for so far
  /// @param instance which of several replicas tells
  public CanaryTraces(
      Tracing settings,
      HttpDoor door,
      InstantSource clock,
      Function<CanaryId, List<Instant>> looks,
      String instance) {
    this.settings = settings;
    this.door = door;
    this.clock = clock;
    this.looks = looks;
    this.instance = instance;
    this.teller = Thread.ofVirtual().name("traces").start(this::tell);
  }

  /// Where it tells, and of whom.
  public Tracing settings() {
    return settings;
  }

  /// Something happened to a canary.
  public void heard(JournalEntry entry) {
    CanaryId id = entry.canary().id();
    if (!new TraceIds(id).isOneIn(settings.oneIn())) {
      return;
    }
    List<Instant> looked = looks.apply(id);
    Instant now = clock.instant();
    lock.lock();
    try {
      Story story = open.get(id);
      if (story == null) {
        story = new Story(entry.canary(), begins(entry));
        open.put(id, story);
        makeRoom();
      }
      story.add(entry.canary(), entry.event(), looked, now);
    } finally {
      lock.unlock();
    }
  }

  /// After a restart, too: as long as its fate is open it was not told.
  private static boolean begins(JournalEntry entry) {
    return entry.event() instanceof CanaryEvent.Scheduled || !entry.canary().state().isSettled();
  }

  /// The oldest is told as far as it got.
  private void makeRoom() {
    if (open.size() > MOST_OPEN) {
      Iterator<Story> oldest = open.values().iterator();
      queue(oldest.next());
      oldest.remove();
    }
  }

  private void queue(Story story) {
    ready.addLast(story);
    if (ready.size() > MOST_WAITING) {
      ready.removeFirst();
      dropped++;
    }
  }

  /// These canaries are on record and free to be sent.
  public void recorded(List<JournalEntry> entries) {
    Instant now = clock.instant();
    entries.forEach(this::heard);
    lock.lock();
    try {
      for (JournalEntry entry : entries) {
        Story story = open.get(entry.canary().id());
        if (story != null && entry.event() instanceof CanaryEvent.Scheduled) {
          story.recorded(now);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void tell() {
    try {
      while (await(LOOK)) {
        gather();
        boolean taken = true;
        for (List<Story> some = some(); taken && !some.isEmpty(); some = some()) {
          taken = tell(some);
        }
        if (!taken && !await(PAUSE)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// @return false at the end
  private boolean await(Duration time) throws InterruptedException {
    long left = time.toNanos();
    lock.lock();
    try {
      while (!closed && left > 0) {
        left = closing.awaitNanos(left);
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void gather() {
    Instant settled = clock.instant().minus(SETTLING);
    lock.lock();
    try {
      Iterator<Story> stories = open.values().iterator();
      while (stories.hasNext()) {
        Story story = stories.next();
        Instant since = story.settledAt();
        if (since != null && !since.isAfter(settled)) {
          stories.remove();
          queue(story);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private List<Story> some() {
    lock.lock();
    try {
      return ready.stream().limit(TOGETHER).toList();
    } finally {
      lock.unlock();
    }
  }

  /// @return whether to go on at once
  private boolean tell(List<Story> stories) throws InterruptedException {
    Outcome outcome;
    try {
      outcome =
          door.post(
              new HttpDoor.Post(
                  URI.create(settings.url()),
                  Otlp.text(stories, instance),
                  settings
                      .authorization()
                      .map(secret -> Map.of("Authorization", secret.value()))
                      .orElse(Map.of()),
                  settings.caFile(),
                  settings.authorization().stream().toList()));
    } catch (RuntimeException e) {
      LOG.error("traces cannot be told", e);
      outcome = new Outcome.Refused(String.valueOf(e.getMessage()));
    }
    switch (outcome) {
      case Outcome.Taken _ -> {
        taken(stories);
        well();
        return true;
      }
      case Outcome.Later(var words, var _) -> {
        ill(words);
        return false;
      }
      case Outcome.Refused(var words) -> {
        // They would be refused again.
        taken(stories);
        ill(words);
        return false;
      }
    }
  }

  private void taken(List<Story> stories) {
    lock.lock();
    try {
      List<Story> gone = new ArrayList<>(stories);
      ready.removeIf(gone::contains);
    } finally {
      lock.unlock();
    }
  }

  private void well() {
    if (failing) {
      LOG.info("traces are taken again; {} were dropped meanwhile", dropped());
    }
    failing = false;
  }

  private void ill(String words) {
    if (!failing) {
      LOG.warn("traces are not taken: {}", words);
    }
    failing = true;
  }

  /// How many were given up, in all.
  long dropped() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  /// What is not told by now is not told.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      closing.signalAll();
    } finally {
      lock.unlock();
    }
    teller.interrupt();
  }
}
