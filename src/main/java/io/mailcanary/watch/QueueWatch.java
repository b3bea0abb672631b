package io.mailcanary.watch;

import io.mailcanary.canary.Cause;
import io.mailcanary.canary.Meaning;
import io.mailcanary.path.Queue;
import io.mailcanary.queue.QueueException;
import io.mailcanary.queue.QueueListing;
import io.mailcanary.queue.QueuedMessage;
import io.mailcanary.queue.QueuedMessage.State;
import io.mailcanary.queue.QueuedMessage.Waiting;
import io.mailcanary.runtime.Agenda;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.Cancellable;
import io.mailcanary.runtime.Part;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the queues of relays, each in its turn: makes findings of what waits there, and hands on
/// what may be a canary.
public final class QueueWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(QueueWatch.class);
  private static final String NOT_YET = "it has not been read yet";

  private final Ports ports;
  private final Map<String, Watched> watched = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /// Reads one queue, however long that takes.
  @FunctionalInterface
  public interface Reading {
    QueueListing read(Queue queue) throws QueueException;
  }

  /// What the watch works with.
  ///
  /// @param held is told at each reading what does not get out
  public record Ports(
      Reading reading,
      Consumer<List<QueuedHere>> held,
      Agenda agenda,
      InstantSource clock,
      Board board,
      Findings findings) {}

  private static final class Watched {
    private final Queue queue;
    private final Deque<Integer> counts = new ArrayDeque<>();
    private Map<Cause, Integer> causes = Map.of(Cause.NONE, 0);
    private Cancellable next = () -> {};
    private boolean gone;

    Watched(Queue queue) {
      this.queue = queue;
    }
  }

  public QueueWatch(Ports ports) {
    this.ports = ports;
  }

  /// Reads these queues from now on, and no others.
  public void follow(Map<String, Queue> queues) {
    watched.forEach((name, old) -> {
      if (!old.queue.equals(queues.get(name))) {
        end(old);
        watched.remove(name);
      }
      if (!queues.containsKey(name)) {
        ports.board().forgetPart(part(name));
        ports.findings().forget(part(name));
      }
    });
    queues.forEach((name, queue) -> {
      if (!watched.containsKey(name)) {
        Watched fresh = new Watched(queue);
        watched.put(name, fresh);
        ports.board().show(new Part(part(name), false, ports.clock().instant(), NOT_YET));
        later(fresh, ports.clock().instant());
      }
    });
  }

  private static void end(Watched one) {
    synchronized (one) {
      one.gone = true;
      one.next.cancel();
    }
  }

  private void later(Watched one, Instant when) {
    synchronized (one) {
      if (!one.gone && !closed) {
        one.next = ports.agenda().at(when, () -> read(one));
      }
    }
  }

  private void read(Watched one) {
    Queue queue = one.queue;
    Instant began = ports.clock().instant();
    try {
      QueueListing listing = ports.reading().read(queue);
      if (!one.gone) {
        seen(one, listing);
        show(queue, true, "");
      }
    } catch (QueueException e) {
      blind(one, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      blind(one, e.toString());
    } finally {
      Instant next = began.plus(queue.every());
      Instant now = ports.clock().instant();
      later(one, next.isAfter(now) ? next : now.plusSeconds(1));
    }
  }

  /// Nothing is known: neither what waits there nor that nothing does.
  private void blind(Watched one, String reason) {
    if (one.gone) {
      return;
    }
    synchronized (one) {
      one.counts.clear();
    }
    if (show(one.queue, false, reason)) {
      LOG.warn("queue {} cannot be read: {}", one.queue.name(), reason);
    }
  }

  /// @return whether that is new
  private boolean show(Queue queue, boolean ok, String reason) {
    return ports.board().show(part(queue.name()), ok, reason, ports.clock().instant());
  }

  private void seen(Watched one, QueueListing listing) {
    QueueReasons reasons = QueueReasons.of(listing);
    List<Integer> counts;
    synchronized (one) {
      one.counts.addLast(listing.count());
      if (one.counts.size() > QueueVerdict.READINGS + 1) {
        one.counts.removeFirst();
      }
      counts = List.copyOf(one.counts);
      one.causes = reasons.causes();
    }
    ports
        .findings()
        .show(part(one.queue.name()), QueueVerdict.of(one.queue, listing, reasons, counts));
    List<QueuedHere> held = held(one.queue, listing, reasons);
    if (!held.isEmpty()) {
      ports.held().accept(held);
    }
    if (listing.unread() > 0) {
      LOG.debug("queue {}: {} lines were not understood", one.queue.name(), listing.unread());
    }
  }

  private static List<QueuedHere> held(Queue queue, QueueListing listing, QueueReasons reasons) {
    List<QueuedHere> held = new ArrayList<>();
    for (QueuedMessage message : listing.messages()) {
      String reason =
          message.recipients().stream()
              .map(Waiting::reason)
              .filter(words -> !words.isEmpty())
              .findFirst()
              .orElse("");
      if (message.state() != State.ACTIVE || !reason.isEmpty()) {
        Meaning meaning = reason.isEmpty() ? Meaning.of(Cause.UNKNOWN) : reasons.meaning(reason);
        held.add(new QueuedHere(queue, message, reason, meaning));
      }
    }
    return held;
  }

  /// How many messages wait, by relay and cause, as far as is known.
  public Map<String, Map<Cause, Integer>> messages() {
    Map<String, Map<Cause, Integer>> messages = new TreeMap<>();
    watched
        .values()
        .forEach(one -> {
          synchronized (one) {
            Map<Cause, Integer> causes =
                messages.computeIfAbsent(
                    one.queue.relay(), _ -> new EnumMap<>(Map.of(Cause.NONE, 0)));
            one.causes.forEach((cause, count) -> causes.merge(cause, count, Integer::sum));
          }
        });
    return messages;
  }

  @Override
  public void close() {
    closed = true;
    watched.values().forEach(QueueWatch::end);
  }

  private static String part(String queue) {
    return "queue:" + queue;
  }
}
