package io.mailcanary.store;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts entries on record in their order, many of them in one commit.
///
/// One queue holds what is not on record yet. Whoever needs a commit writes the head of the queue,
/// others' entries included, unless somebody is at it already; what nobody waits for is written a
/// second later at most. While the database is away, entries wait and are tried again with growing
/// gaps.
public final class Journal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
  private static final Runnable NOTHING = () -> {};

  private final CanaryStore store;
  private final InstantSource clock;
  private final Limits limits;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Item> queue = new ArrayDeque<>();
  private final Thread flusher;

  private boolean writing;

  /// Written, in this order, but lost if the database fell now: then it is written once more.
  private final Deque<Item> unsecured = new ArrayDeque<>();

  private long secureAt;

  /// What is being written; it stands at the head of the queue meanwhile.
  private List<Item> inHand = List.of();

  private boolean closed;
  private volatile Consumer<Canary> others = _ -> {};

  /// So many entries are written one by one, because one among them was refused.
  private int singly;

  private long retryAt = System.nanoTime();
  private Duration gap;
  private @Nullable Instant failingSince;
  private String failure = "";
  private long commits;
  private long dropped;

  /// @param delay how long an entry that nobody waits for may wait
  /// @param rest how long one that is written may wait for the disk
  /// @param patience how long a commit is waited for
  /// @param capacity how many entries wait at most
  /// @param together how many entries are written in one commit at most
  /// @param firstGap the wait after a first failure; it doubles up to `longestGap`
  public record Limits(
      Duration delay,
      Duration rest,
      Duration patience,
      int capacity,
      int together,
      Duration firstGap,
      Duration longestGap) {
    /// Canaries are due at full seconds and leave within 0.7 s: what they bring about is written
    /// once, before the next ones are due, or those would wait for it; to the disk it goes with
    /// them, and by itself where none are due.
    public static final Limits DEFAULT =
        new Limits(
            Duration.ofMillis(850),
            Duration.ofMillis(150),
            Duration.ofSeconds(10),
            100_000,
            5_000,
            Duration.ofMillis(100),
            Duration.ofSeconds(5));
  }

  /// How the journal fares.
  ///
  /// @param failingSince since when nothing can be written; empty: it can
  /// @param reason why, in one line; empty while all is well
  /// @param waiting how many entries are not on record yet
  /// @param dropped how many were given up, in all
  public record Health(Optional<Instant> failingSince, String reason, int waiting, long dropped) {
    public boolean isWriting() {
      return failingSince.isEmpty();
    }
  }

  /// Somebody who waits until all of their entries are on record.
  private static final class Waiter {
    private int left;
    private @Nullable StoreException refusal;
    private final Set<CanaryId> refused = new HashSet<>();

    Waiter(int left) {
      this.left = left;
    }
  }

  private static final class Item {
    private final JournalEntry entry;
    private final Runnable whenCommitted;
    private final @Nullable Waiter waiter;
    private final long dueAt;

    Item(JournalEntry entry, Runnable whenCommitted, @Nullable Waiter waiter, long dueAt) {
      this.entry = entry;
      this.whenCommitted = whenCommitted;
      this.waiter = waiter;
      this.dueAt = dueAt;
    }
  }

  public Journal(CanaryStore store, InstantSource clock) {
    this(store, clock, Limits.DEFAULT);
  }

  public Journal(CanaryStore store, InstantSource clock, Limits limits) {
    this.store = store;
    this.clock = clock;
    this.limits = limits;
    this.gap = limits.firstGap();
    this.flusher = Thread.ofVirtual().name("journal").start(this::flush);
  }

  /// Puts an entry on record within a second.
  public void add(JournalEntry entry) {
    add(entry, NOTHING);
  }

  /// Puts an entry on record within a second, and runs the action once it is. When the queue is
  /// full the entry is dropped, its action with it: a later entry of its canary brings the record
  /// up to date.
  ///
  /// @param whenCommitted must not block
  public void add(JournalEntry entry, Runnable whenCommitted) {
    lock.lock();
    try {
      if (closed || queue.size() >= limits.capacity()) {
        drop(1, closed ? "the journal is closed" : "the journal is full");
        return;
      }
      long dueAt = System.nanoTime() + limits.delay().toNanos();
      queue.add(new Item(entry, whenCommitted, null, dueAt));
      if (queue.size() == 1 || queue.size() == limits.together()) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Returns when these entries, and all that were added before them, are on record.
  ///
  /// @return canaries of which an attempt may not begin: another replica takes care of them
  /// @throws StoreException when they could not be in time; then they are taken back
  public Set<CanaryId> commit(List<JournalEntry> now) {
    if (now.isEmpty()) {
      return Set.of();
    }
    long deadline = System.nanoTime() + limits.patience().toNanos();
    lock.lock();
    try {
      if (closed || queue.size() + now.size() > limits.capacity()) {
        throw new StoreException(
            closed ? "the journal is closed" : "the journal is full: " + failure, null);
      }
      Waiter waiter = new Waiter(now.size());
      now.forEach(entry -> queue.add(new Item(entry, NOTHING, waiter, System.nanoTime())));
      await(waiter, deadline);
      return Set.copyOf(waiter.refused);
    } finally {
      lock.unlock();
    }
  }

  /// From now on this is told of canaries that stand otherwise on record than was written, as
  /// others write of them, too. It must not block.
  public void whereOthersWrite(Consumer<Canary> listener) {
    others = listener;
  }

  /// How many commits were made, for those who count them.
  public long commits() {
    lock.lock();
    try {
      return commits;
    } finally {
      lock.unlock();
    }
  }

  public Health health() {
    lock.lock();
    try {
      return new Health(Optional.ofNullable(failingSince), failure, queue.size(), dropped);
    } finally {
      lock.unlock();
    }
  }

  /// Writes what is left, for as long as a commit may take.
  @Override
  public void close() {
    long deadline = System.nanoTime() + limits.patience().toNanos();
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      while (!queue.isEmpty() && System.nanoTime() < deadline) {
        turn(deadline);
      }
      // What is being written is neither ours to count nor to take back.
      while (writing) {
        changed.awaitUninterruptibly();
      }
      if (!unsecured.isEmpty()) {
        secure();
      }
      if (!queue.isEmpty()) {
        drop(queue.size(), "the journal was closed while the database was away");
        queue.clear();
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void await(Waiter waiter, long deadline) {
    boolean interrupted = false;
    while (waiter.left > 0 && waiter.refusal == null && System.nanoTime() < deadline) {
      interrupted |= turn(deadline);
    }
    // Another caller may have some of them in hand: those are not ours to take back.
    while (isInHand(waiter)) {
      changed.awaitUninterruptibly();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (waiter.left > 0) {
      takeBack(waiter);
    }
  }

  private boolean isInHand(Waiter waiter) {
    return inHand.stream().anyMatch(item -> item.waiter == waiter);
  }

  private void takeBack(Waiter waiter) {
    queue.removeIf(item -> item.waiter == waiter);
    changed.signalAll();
    StoreException refusal = waiter.refusal;
    throw refusal != null
        ? refusal
        : new StoreException(
            "nothing could be put on record for %d ms: %s"
                .formatted(limits.patience().toMillis(), failure),
            null);
  }

  /// Writes, or waits until there is reason to look again. Called and left with the lock held.
  ///
  /// @return whether the thread was interrupted meanwhile: the wait is bounded, so it goes on
  private boolean turn(long deadline) {
    long now = System.nanoTime();
    if (writing) {
      return await(deadline - now);
    }
    if (retryAt - now > 0) {
      return await(Math.min(retryAt, deadline) - now);
    }
    writeHead();
    return false;
  }

  private boolean await(long nanos) {
    try {
      changed.awaitNanos(nanos);
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }

  private void flush() {
    lock.lock();
    try {
      while (!closed) {
        long now = System.nanoTime();
        if (writing) {
          changed.awaitUninterruptibly();
        } else if (untilWrite(now) <= 0) {
          turn(now + limits.longestGap().toNanos());
        } else if (untilSecured(now) <= 0) {
          secure();
        } else {
          await(Math.min(untilWrite(now), untilSecured(now)));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private long untilWrite(long now) {
    Item first = queue.peek();
    if (first == null) {
      return Long.MAX_VALUE;
    }
    return queue.size() < limits.together() ? first.dueAt - now : 0;
  }

  private long untilSecured(long now) {
    return unsecured.isEmpty() ? Long.MAX_VALUE : secureAt - now;
  }

  private void secure() {
    Outcome outcome =
        atWork(() -> {
          store.secure();
          return Differences.NONE;
        });
    if (outcome.error() == null) {
      works();
      runAll(secured());
    } else {
      unavailable(outcome.error());
    }
  }

  private void writeHead() {
    List<Item> head = head();
    if (head.isEmpty()) {
      return;
    }
    List<JournalEntry> entries = head.stream().map(item -> item.entry).toList();
    boolean awaited = head.stream().anyMatch(item -> item.waiter != null);
    inHand = head;
    Outcome outcome = atWork(() -> awaited ? store.write(entries) : store.writeSoon(entries));
    inHand = List.of();
    switch (outcome.error()) {
      case null -> written(head, outcome.differences(), awaited);
      case StoreException e when !e.refused() -> unavailable(e);
      case RuntimeException e -> refused(head, e);
    }
  }

  private record Outcome(Differences differences, @Nullable RuntimeException error) {}

  /// Called and left with the lock held, which is let go while the database is at work.
  private Outcome atWork(Supplier<Differences> work) {
    writing = true;
    lock.unlock();
    try {
      return new Outcome(work.get(), null);
    } catch (RuntimeException e) {
      return new Outcome(Differences.NONE, e);
    } catch (Error e) {
      return new Outcome(Differences.NONE, new StoreException("the store broke down: " + e, e));
    } finally {
      lock.lock();
      writing = false;
      changed.signalAll();
    }
  }

  private List<Item> head() {
    int size = Math.min(queue.size(), singly > 0 ? 1 : limits.together());
    List<Item> head = new ArrayList<>(size);
    Iterator<Item> items = queue.iterator();
    while (head.size() < size) {
      head.add(items.next());
    }
    return head;
  }

  private void written(List<Item> head, Differences differences, boolean awaited) {
    commits++;
    singly = Math.max(0, singly - head.size());
    works();
    for (Item item : head) {
      queue.remove();
      if (item.waiter != null) {
        item.waiter.left--;
        if (differences.refused().contains(item.entry.canary().id())) {
          item.waiter.refused.add(item.entry.canary().id());
        }
      }
    }
    if (unsecured.isEmpty()) {
      secureAt = System.nanoTime() + limits.rest().toNanos();
    }
    unsecured.addAll(head);
    List<Runnable> actions = awaited ? secured() : new ArrayList<>();
    differences.canaries().forEach(canary -> actions.add(() -> others.accept(canary)));
    runAll(actions);
  }

  /// @return what had waited for it
  private List<Runnable> secured() {
    List<Runnable> actions = new ArrayList<>(unsecured.size());
    unsecured.forEach(item -> actions.add(item.whenCommitted));
    unsecured.clear();
    return actions;
  }

  /// Called and left with the lock held, which is let go meanwhile.
  private void runAll(List<Runnable> actions) {
    lock.unlock();
    try {
      actions.forEach(Journal::run);
    } finally {
      lock.lock();
    }
  }

  private void works() {
    Instant since = failingSince;
    if (since != null) {
      LOG.info(
          "the database takes entries again, after {} s",
          Duration.between(since, clock.instant()).toSeconds());
    }
    failingSince = null;
    failure = "";
    gap = limits.firstGap();
  }

  private void unavailable(RuntimeException e) {
    while (!unsecured.isEmpty()) {
      queue.addFirst(unsecured.removeLast());
    }
    failure = String.valueOf(e.getMessage());
    if (failingSince == null) {
      failingSince = clock.instant();
      LOG.warn("{}; entries wait until it can be done", failure);
    }
    retryAt = System.nanoTime() + gap.toNanos();
    Duration doubled = gap.multipliedBy(2);
    gap = doubled.compareTo(limits.longestGap()) < 0 ? doubled : limits.longestGap();
  }

  /// The database lives, but one of these entries is not to its taste: find it, and go on without.
  private void refused(List<Item> head, RuntimeException e) {
    if (head.size() > 1) {
      singly = head.size();
      return;
    }
    singly = Math.max(0, singly - 1);
    Item item = queue.remove();
    drop(1, "canary " + item.entry.canary().id() + " was refused: " + e.getMessage());
    if (item.waiter != null) {
      item.waiter.refusal =
          e instanceof StoreException refusal
              ? refusal
              : new StoreException("an entry was refused: " + e.getMessage(), e);
    }
  }

  private void drop(int count, String why) {
    if (dropped == 0 || dropped / 1_000 != (dropped + count) / 1_000) {
      LOG.error("journal entries are given up, {} by now: {}", dropped + count, why);
    }
    dropped += count;
  }

  private static void run(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.error("what had waited for a commit failed: {}", e.toString());
    }
  }
}
