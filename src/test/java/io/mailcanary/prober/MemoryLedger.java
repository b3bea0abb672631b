package io.mailcanary.prober;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.store.CanaryStore;
import io.mailcanary.store.Differences;
import io.mailcanary.store.HourlyFigures;
import io.mailcanary.store.JournalEntry;
import io.mailcanary.store.StoreException;
import io.mailcanary.store.StoredEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A record in memory. Commits at once, unless it is held or away.
final class MemoryLedger implements Ledger, CanaryStore {
  private final Object lock = new Object();
  private final List<JournalEntry> journal = new ArrayList<>();
  private final Map<CanaryId, Canary> canaries = new TreeMap<>();
  private final Map<CanaryId, List<StoredEvent>> events = new HashMap<>();
  private final Map<String, Instant> paused = new HashMap<>();
  private final Set<CanaryId> taken = ConcurrentHashMap.newKeySet();
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final List<String> log;
  private boolean away;
  private boolean held;
  private Runnable beforeCommit = () -> {};

  private record Waiting(JournalEntry entry, Runnable whenCommitted) {}

  MemoryLedger(List<String> log) {
    this.log = log;
  }

  /// Nothing can be written or read until it comes back.
  void goAway() {
    away = true;
  }

  void comeBack() {
    away = false;
    flush();
  }

  /// What nobody waits for stays off the record until it is released.
  void hold() {
    held = true;
  }

  void release() {
    held = false;
    flush();
  }

  /// The process dies: what was not on record is gone.
  void crash() {
    waiting.clear();
  }

  /// What happens while the next commit is under way.
  void beforeNextCommit(Runnable action) {
    beforeCommit = action;
  }

  List<JournalEntry> journal() {
    synchronized (lock) {
      return List.copyOf(journal);
    }
  }

  List<String> kinds(CanaryId id) {
    return events(id).stream().map(StoredEvent::kind).toList();
  }

  @Override
  public Set<CanaryId> commit(List<JournalEntry> entries) {
    Runnable action = beforeCommit;
    beforeCommit = () -> {};
    action.run();
    present();
    flush();
    Set<CanaryId> refused =
        entries.stream()
            .filter(entry -> entry.event() instanceof CanaryEvent.AttemptStarted)
            .map(entry -> entry.canary().id())
            .filter(taken::contains)
            .collect(Collectors.toSet());
    write(entries.stream().filter(entry -> !refused.contains(entry.canary().id())).toList());
    return refused;
  }

  /// Another replica takes care of a canary from now on.
  void take(CanaryId id) {
    taken.add(id);
  }

  @Override
  public void add(JournalEntry entry, Runnable whenCommitted) {
    synchronized (lock) {
      waiting.add(new Waiting(entry, whenCommitted));
    }
    if (!held && !away) {
      flush();
    }
  }

  private void flush() {
    for (Waiting next = poll(); next != null; next = poll()) {
      var _ = write(List.of(next.entry()));
      next.whenCommitted().run();
    }
  }

  private @Nullable Waiting poll() {
    synchronized (lock) {
      return waiting.poll();
    }
  }

  @Override
  public Differences writeSoon(List<JournalEntry> entries) {
    return write(entries);
  }

  @Override
  public void secure() {
    // It does not outlast us either way.
  }

  @Override
  public Differences write(List<JournalEntry> entries) {
    synchronized (lock) {
      for (JournalEntry entry : entries) {
        Canary canary = entry.canary();
        journal.add(entry);
        canaries.put(canary.id(), canary);
        events
            .computeIfAbsent(canary.id(), _ -> new ArrayList<>())
            .add(StoredEvent.of(entry.event()));
        log.add("record " + entry.event().kind());
      }
    }
    return Differences.NONE;
  }

  private void present() {
    if (away) {
      throw new StoreException("the database is away", null);
    }
  }

  @Override
  public Optional<Canary> find(CanaryId id) {
    present();
    synchronized (lock) {
      return Optional.ofNullable(canaries.get(id));
    }
  }

  @Override
  public List<StoredEvent> events(CanaryId id) {
    present();
    synchronized (lock) {
      return List.copyOf(events.getOrDefault(id, List.of()));
    }
  }

  @Override
  public List<Canary> open() {
    present();
    synchronized (lock) {
      return canaries.values().stream().filter(canary -> !canary.state().isSettled()).toList();
    }
  }

  @Override
  public List<Canary> takeOver(String site, Set<String> living, boolean unowned, int most) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isOurs(CanaryId id) {
    present();
    return !taken.contains(id);
  }

  @Override
  public Set<CanaryId> ours() {
    return open().stream()
        .map(Canary::id)
        .filter(id -> !taken.contains(id))
        .collect(Collectors.toSet());
  }

  @Override
  public List<Canary> recent(Instant since, int perPath) {
    present();
    synchronized (lock) {
      return canaries.values().stream()
          .filter(canary -> !canary.scheduledAt().isBefore(since))
          .toList();
    }
  }

  @Override
  public Map<String, Instant> paused() {
    present();
    return Map.copyOf(paused);
  }

  @Override
  public void pause(String path, Instant since) {
    present();
    paused.put(path, since);
  }

  @Override
  public void resume(String path) {
    present();
    paused.remove(path);
  }

  @Override
  public List<Canary> page(
      String path, @Nullable String state, @Nullable CanaryId before, int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<HourlyFigures> hourly(String path, Instant from, Instant to) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void tidy(Instant now, Duration canaries, Duration hourly) {
    throw new UnsupportedOperationException();
  }
}
