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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A server's queue: holds mail in memory, so many and so much of it, and tries until somebody
/// takes it or says no for good.
final class Spool implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Spool.class);
  static final int MOST_MESSAGES = 500;
  private static final long MOST_BYTES = 64L << 20;
  private static final int MOST_AT_A_TIME = 8;
  private static final Duration FIRST_GAP = Duration.ofSeconds(1);
  private static final Duration LONGEST_GAP = Duration.ofSeconds(10);
  private static final Duration GIVES_UP_AFTER = Duration.ofHours(24);

  /// Takes a message one step further, or says why not.
  @FunctionalInterface
  interface Delivery {
    void attempt(Mail mail) throws SmtpRefusal, InterruptedException;
  }

  /// @param reason the last refusal; empty before the first
  record Waiting(String id, Mail mail, Instant since, int attempts, String reason) {}

  private final String host;
  private final Delivery delivery;
  private final Threads threads;
  private final Map<String, Waiting> queue = new ConcurrentHashMap<>();
  private final AtomicInteger messages = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final Semaphore hands = new Semaphore(MOST_AT_A_TIME, true);

  Spool(String host, Delivery delivery) {
    this.host = host;
    this.delivery = delivery;
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
      Duration gap = FIRST_GAP;
      while (!attempted(id, mail)) {
        Thread.sleep(gap);
        Duration next = gap.multipliedBy(2);
        gap = next.compareTo(LONGEST_GAP) < 0 ? next : LONGEST_GAP;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      queue.remove(id);
      freed(mail.content().length);
    }
  }

  /// @return whether its fate is sealed
  private boolean attempted(String id, Mail mail) throws InterruptedException {
    hands.acquire();
    try {
      delivery.attempt(mail);
      return true;
    } catch (SmtpRefusal refusal) {
      return refused(id, refusal.reply());
    } catch (RuntimeException e) {
      return refused(id, new SmtpRefusal(451, "4.3.0 " + e).reply());
    } finally {
      hands.release();
    }
  }

  private boolean refused(String id, SmtpReply reply) {
    Waiting now =
        queue.computeIfPresent(
            id,
            (_, was) -> new Waiting(id, was.mail, was.since, was.attempts + 1, reply.toString()));
    if (reply.isPermanent()) {
      LOG.info("{}: {}: bounced: {}", host, id, reply);
      return true;
    }
    if (now == null || now.since.plus(GIVES_UP_AFTER).isBefore(Instant.now())) {
      LOG.info("{}: {}: expired: {}", host, id, reply);
      return true;
    }
    LOG.debug("{}: {}: deferred: {}", host, id, reply);
    return false;
  }

  @Override
  public void close() {
    threads.close();
  }
}
