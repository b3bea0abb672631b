package io.mailcanary.world;

import io.mailcanary.mail.SmtpReply;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A server's queue: holds mail in memory, so many and so much of it, and tries until somebody
/// takes it or says no for good. Tells the sender when it takes long, and when it gives up.
final class Spool implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Spool.class);
  static final int MOST_MESSAGES = 500;
  private static final long MOST_BYTES = 64L << 20;
  private static final int MOST_AT_A_TIME = 8;

  /// Takes a message one step further, or says why not.
  @FunctionalInterface
  interface Delivery {
    void attempt(Mail mail) throws SmtpRefusal, InterruptedException;
  }

  /// Tells a sender what became of a message.
  interface Notices {
    void late(Waiting waiting, SmtpRefusal last);

    void failed(Waiting waiting, SmtpRefusal last);
  }

  /// @param reason the last refusal; empty before the first
  record Waiting(String id, Mail mail, Instant since, int attempts, String reason) {
    private Waiting refused(SmtpReply reply) {
      return new Waiting(id, mail, since, attempts + 1, reply.toString());
    }
  }

  private final String host;
  private final Pace pace;
  private final Delivery delivery;
  private final Notices notices;
  private final Threads threads;
  private final Map<String, Waiting> queue = new ConcurrentHashMap<>();
  private final AtomicInteger messages = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final Semaphore hands = new Semaphore(MOST_AT_A_TIME, true);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final InForce<Duration> linger = new InForce<>(Duration.ZERO);
  private boolean closed;

  Spool(String host, Pace pace, Delivery delivery, Notices notices) {
    this.host = host;
    this.pace = pace;
    this.delivery = delivery;
    this.notices = notices;
    this.threads = new Threads("world-spool-" + host);
  }

  /// @return false when there is no room
  boolean offer(String id, Mail mail) {
    if (!reserved(mail.content().length)) {
      return false;
    }
    queue.put(id, new Waiting(id, mail, Instant.now(), 0, ""));
    threads.start(() -> carry(id, mail));
    return true;
  }

  /// Lets mail lie here for so long before anybody looks at it.
  Repair linger(Duration time) {
    Repair repair = linger.put(time);
    return () -> {
      repair.run();
      wake();
    };
  }

  private void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean reserved(int size) {
    if (messages.incrementAndGet() > MOST_MESSAGES) {
      messages.decrementAndGet();
      return false;
    }
    if (bytes.addAndGet(size) > MOST_BYTES) {
      freed(size);
      return false;
    }
    return true;
  }

  private void freed(int size) {
    messages.decrementAndGet();
    bytes.addAndGet(-size);
  }

  /// What is in the queue, the oldest first.
  List<Waiting> waiting() {
    return queue.values().stream().sorted(Comparator.comparing(Waiting::since)).toList();
  }

  private void carry(String id, Mail mail) {
    try {
      if (lingered()) {
        attempts(id);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      queue.remove(id);
      freed(mail.content().length);
    }
  }

  private void attempts(String id) throws InterruptedException {
    boolean told = false;
    Duration gap = pace.firstGap();
    while (true) {
      SmtpRefusal refusal = attempted(id);
      if (refusal == null) {
        return;
      }
      Waiting now = queue.computeIfPresent(id, (_, was) -> was.refused(refusal.reply()));
      if (now == null || isOver(now, refusal)) {
        return;
      }
      if (!told && isOlder(now, pace.warnsAfter())) {
        notices.late(now, refusal);
        told = true;
      }
      if (!pausedFor(gap)) {
        return;
      }
      Duration next = gap.multipliedBy(2);
      gap = next.compareTo(pace.longestGap()) < 0 ? next : pace.longestGap();
    }
  }

  /// @return the refusal; null when somebody took it
  private @Nullable SmtpRefusal attempted(String id) throws InterruptedException {
    Waiting waiting = queue.get(id);
    if (waiting == null) {
      return null;
    }
    hands.acquire();
    try {
      delivery.attempt(waiting.mail());
      return null;
    } catch (SmtpRefusal refusal) {
      return refusal;
    } catch (RuntimeException e) {
      return new SmtpRefusal(451, "4.3.0 " + e);
    } finally {
      hands.release();
    }
  }

  private boolean isOver(Waiting waiting, SmtpRefusal refusal) {
    boolean expired = isOlder(waiting, pace.givesUpAfter());
    if (!expired && !refusal.reply().isPermanent()) {
      LOG.debug("{}: {}: deferred: {}", host, waiting.id(), refusal.reply());
      return false;
    }
    LOG.info(
        "{}: {}: {}: {}", host, waiting.id(), expired ? "expired" : "bounced", refusal.reply());
    notices.failed(waiting, refusal);
    return true;
  }

  private static boolean isOlder(Waiting waiting, Duration than) {
    return waiting.since().plus(than).isBefore(Instant.now());
  }

  /// @return false when there is no going on
  private boolean lingered() throws InterruptedException {
    long start = System.nanoTime();
    lock.lockInterruptibly();
    try {
      while (!closed) {
        long left = linger.now().toNanos() - (System.nanoTime() - start);
        if (left <= 0) {
          return true;
        }
        changed.awaitNanos(left);
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  /// @return false when there is no going on
  private boolean pausedFor(Duration gap) throws InterruptedException {
    long left = gap.toNanos();
    lock.lockInterruptibly();
    try {
      while (!closed && left > 0) {
        left = changed.awaitNanos(left);
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    threads.close();
  }
}
