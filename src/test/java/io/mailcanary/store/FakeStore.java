package io.mailcanary.store;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Remembers what was written, and fails when told to.
final class FakeStore implements CanaryStore {
  private final List<List<JournalEntry>> batches = new ArrayList<>();
  private volatile boolean away;
  private volatile Predicate<JournalEntry> tasteless = _ -> false;
  private volatile @Nullable CountDownLatch gate;
  private volatile int attempts;
  private int onDisk;
  private volatile int secured;
  private volatile Differences differences = Differences.NONE;

  @Override
  public Differences write(List<JournalEntry> entries) {
    Differences found = writeSoon(entries);
    secure();
    return found;
  }

  @Override
  @SuppressWarnings("NonAtomicVolatileUpdate")
  public synchronized Differences writeSoon(List<JournalEntry> entries) {
    attempts++;
    pass();
    if (away) {
      throw new StoreException("the database is away", null);
    }
    if (entries.stream().anyMatch(tasteless)) {
      throw StoreException.of("refused", new SQLException("value too long", "22001"));
    }
    batches.add(List.copyOf(entries));
    return differences;
  }

  @Override
  @SuppressWarnings("NonAtomicVolatileUpdate")
  public synchronized void secure() {
    if (away) {
      throw new StoreException("the database is away", null);
    }
    onDisk = batches.size();
    secured++;
  }

  /// How often all that was written was brought to the disk.
  int secured() {
    return secured;
  }

  /// From now on each write comes to this.
  void differ(Differences from) {
    differences = from;
  }

  private void pass() {
    CountDownLatch closed = gate;
    if (closed != null) {
      try {
        closed.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /// What is not on the disk yet is gone.
  synchronized void goAway() {
    away = true;
    batches.subList(onDisk, batches.size()).clear();
  }

  void comeBack() {
    away = false;
  }

  void refuse(Predicate<JournalEntry> which) {
    tasteless = which;
  }

  /// From now on each write waits for this.
  void hold(CountDownLatch until) {
    gate = until;
  }

  int attempts() {
    return attempts;
  }

  synchronized List<List<JournalEntry>> batches() {
    return List.copyOf(batches);
  }

  List<JournalEntry> written() {
    return batches().stream().flatMap(List::stream).toList();
  }

  @Override
  public Optional<Canary> find(CanaryId id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<StoredEvent> events(CanaryId id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Canary> page(
      String path, @Nullable String state, @Nullable CanaryId before, int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Canary> open() {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Canary> takeOver(String site, Set<String> living, boolean unowned, int most) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isOurs(CanaryId id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Set<CanaryId> ours() {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Canary> recent(Instant since, int perPath) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<HourlyFigures> hourly(String path, Instant from, Instant to) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<String, Instant> paused() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void pause(String path, Instant since) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void resume(String path) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void tidy(Instant now, Duration canaries, Duration hourly) {
    throw new UnsupportedOperationException();
  }
}
