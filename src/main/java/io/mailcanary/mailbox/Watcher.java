package io.mailcanary.mailbox;

import io.mailcanary.path.FolderRole;
import io.mailcanary.path.Mailbox;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What all readers have in common: one virtual thread that watches until it is blind, and tries
/// again with growing gaps; looks, removals and proofs that others ask of it.
abstract class Watcher implements MailboxReader {
  private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);
  private static final Duration LEFT_OVER = Duration.ofMinutes(10);
  private static final int[] PROOF_LOOKS = {0, 50, 150, 800, 2000, 3000, 4000};

  final Mailbox mailbox;
  final InstantSource clock;
  final Timing timing;
  final SightTeller sight;
  final Removals removals;

  private final Map<String, CountDownLatch> controls = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private @Nullable Thread thread;
  private volatile boolean net = true;
  private volatile boolean netBegins;
  private boolean lookAsked;
  private boolean closed;
  private boolean signalled;
  private @Nullable Blindness given;
  private long proofAt;
  private boolean proofKnown;
  private long retries;

  Watcher(Mailbox mailbox, MailboxSink sink, InstantSource clock, Timing timing) {
    this.mailbox = mailbox;
    this.clock = clock;
    this.timing = timing;
    this.sight = new SightTeller(mailbox.name(), sink, clock);
    this.removals = new Removals(timing.removal());
  }

  /// Watches until it cannot go on, or until [#isClosed].
  abstract void watch() throws Blindness, InterruptedException;

  /// Ends a wait for the other side, so that the watching thread sees what is asked of it.
  abstract void wake();

  /// Ends the connection, so that the watching thread starts anew.
  abstract void drop();

  /// Puts a control message in by another way.
  ///
  /// @return false when it cannot be written to, but a new login showed it
  abstract boolean insert(ControlMessage control) throws Blindness;

  @Override
  public final Instant seenAt() {
    return sight.proven();
  }

  @Override
  public long commands() {
    return 0;
  }

  @Override
  public final void start() {
    lock.lock();
    try {
      if (thread == null && !closed) {
        thread = Thread.ofVirtual().name("mailbox-" + mailbox.name()).start(this::run);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public final void look() {
    lock.lock();
    try {
      lookAsked = true;
      work.signalAll();
    } finally {
      lock.unlock();
    }
    wake();
  }

  @Override
  public final void keepNet(boolean keep) {
    if (net == keep) {
      return;
    }
    net = keep;
    if (keep) {
      // What came while nobody kept it.
      netBegins = true;
      look();
    } else {
      signal();
    }
  }

  /// Whether what comes is to be told without being asked.
  final boolean keepsNet() {
    return net;
  }

  /// Whether the net was taken up a moment ago; it counts as known.
  final boolean takeNetBegins() {
    boolean begins = netBegins;
    netBegins = false;
    return begins;
  }

  @Override
  public final void delete(Collection<MessageKey> keys) {
    if (mailbox.keep() || keys.isEmpty()) {
      return;
    }
    removals.add(keys, System.nanoTime());
    if (removals.due(System.nanoTime())) {
      signal();
    }
  }

  @Override
  public final void prove() {
    lock.lock();
    try {
      long now = System.nanoTime();
      if (closed || (proofKnown && now - proofAt < timing.proofGap().toNanos())) {
        return;
      }
      proofKnown = true;
      proofAt = now;
    } finally {
      lock.unlock();
    }
    Thread.ofVirtual().name("proof-" + mailbox.name()).start(this::runProof);
  }

  @Override
  public void close() {
    Thread watching;
    lock.lock();
    try {
      closed = true;
      watching = thread;
      work.signalAll();
    } finally {
      lock.unlock();
    }
    drop();
    if (watching != null && watching != Thread.currentThread()) {
      watching.interrupt();
      try {
        watching.join(Duration.ofSeconds(3));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  final boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /// Whether somebody asked for a look; it counts as taken.
  final boolean takeLook() {
    lock.lock();
    try {
      boolean asked = lookAsked;
      lookAsked = false;
      return asked;
    } finally {
      lock.unlock();
    }
  }

  /// Whether something waits that a push cannot bring.
  final boolean workWaits() {
    lock.lock();
    try {
      return !net || hasWork();
    } finally {
      lock.unlock();
    }
  }

  /// Waits for work, `nanos` at most.
  final void await(long nanos) throws InterruptedException {
    lock.lock();
    try {
      long began = System.nanoTime();
      long most = Math.min(nanos, removals.dueIn(began));
      if (most <= 0 || hasWork()) {
        return;
      }
      Future<?> alarm = Alarm.in(most, this::stir);
      try {
        while (!signalled && !hasWork() && System.nanoTime() - began < most) {
          work.await();
        }
        signalled = false;
      } finally {
        alarm.cancel(false);
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean hasWork() {
    return lookAsked || closed || removals.due(System.nanoTime());
  }

  private void stir() {
    lock.lock();
    try {
      work.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits for the end for at most so long, whatever else there is to do.
  final void awaitClosing(long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (left > 0 && !closed) {
        left = work.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Ends a wait without asking for a look.
  final void signal() {
    lock.lock();
    try {
      signalled = true;
      work.signalAll();
    } finally {
      lock.unlock();
    }
    wake();
  }

  /// All that was there by then has been told.
  final void seen(Instant at) {
    retries = 0;
    lock.lock();
    try {
      given = null;
    } finally {
      lock.unlock();
    }
    sight.seeing(at);
  }

  /// Tells one message, unless it is a control message.
  ///
  /// @param head the beginning of the message
  /// @param whole all of it
  final void tell(
      String folder,
      FolderRole role,
      String uid,
      ArrivalTime time,
      long bytes,
      String head,
      FoundMessage.Whole whole) {
    if (isControl(new MessageKey(folder, uid), Interest.header(head))) {
      return;
    }
    sight.found(
        new FoundMessage(
            mailbox.name(), folder, role, uid, time.at(), time.resolution(), bytes, head, whole));
  }

  private boolean isControl(MessageKey key, String header) {
    if (!ControlMessage.isOne(header) || Interest.isMarked(header)) {
      return false;
    }
    Optional<ControlMessage> ours = ControlMessage.read(header);
    if (ours.isEmpty()) {
      return true;
    }
    ControlMessage control = ours.get();
    CountDownLatch waiting = controls.get(control.token());
    if (waiting != null) {
      waiting.countDown();
    }
    if (waiting != null || control.madeAt().isBefore(clock.instant().minus(LEFT_OVER))) {
      removals.addUrgent(key, System.nanoTime());
    }
    return true;
  }

  private void runProof() {
    if (!sight.sees()) {
      return;
    }
    ControlMessage control = ControlMessage.create(clock.instant());
    CountDownLatch shown = new CountDownLatch(1);
    controls.put(control.token(), shown);
    try {
      if (!insert(control) || shows(shown)) {
        sight.confirm();
        return;
      }
      fail(
          new Blindness(
              Blindness.Cause.PROOF,
              "%s does not show what was appended to it %d s before"
                  .formatted(where(), timing.proof().toSeconds())));
    } catch (Blindness e) {
      fail(e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      controls.remove(control.token());
    }
  }

  /// What is watched, for a person.
  abstract String where();

  private boolean shows(CountDownLatch shown) throws InterruptedException {
    long deadline = System.nanoTime() + timing.proof().toNanos();
    for (int gap : PROOF_LOOKS) {
      long left = deadline - System.nanoTime();
      if (left <= 0 || isClosed()) {
        break;
      }
      if (shown.await(Math.min(left, gap * 1_000_000L), TimeUnit.NANOSECONDS)) {
        return true;
      }
      look();
    }
    return shown.await(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
  }

  private void fail(Blindness why) {
    if (isClosed()) {
      return;
    }
    lock.lock();
    try {
      given = why;
    } finally {
      lock.unlock();
    }
    sight.blind(why);
    drop();
  }

  private void run() {
    while (!isClosed()) {
      try {
        watch();
      } catch (Blindness e) {
        if (!isClosed()) {
          sight.blind(given(e));
        }
      } catch (InterruptedException _) {
        if (isClosed()) {
          return;
        }
      } catch (RuntimeException | Error e) {
        // Whatever it was: a reader that is gone would leave its mailbox in sight for ever.
        LOG.warn("The reader of mailbox {} stumbled: {}", mailbox.name(), e.toString());
        sight.blind(new Blindness(Blindness.Cause.NONSENSE, where() + " cannot be read: " + e));
      }
      pause();
    }
  }

  private Blindness given(Blindness seen) {
    lock.lock();
    try {
      Blindness first = given;
      given = null;
      return first == null ? seen : first;
    } finally {
      lock.unlock();
    }
  }

  private void pause() {
    long most =
        Math.min(
            timing.longestRetry().toNanos(),
            timing.firstRetry().toNanos() << Math.min(retries, 20));
    retries++;
    long gap = most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1);
    lock.lock();
    try {
      while (gap > 0 && !closed) {
        gap = work.awaitNanos(gap);
      }
    } catch (InterruptedException _) {
      // Only close interrupts.
    } finally {
      lock.unlock();
    }
  }
}
