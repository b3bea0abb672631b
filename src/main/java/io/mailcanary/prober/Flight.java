package io.mailcanary.prober;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryMessage;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.path.MailPath;
import io.mailcanary.runtime.Cancellable;
import io.mailcanary.submission.Route;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A canary in memory, from its slot until its fate is on record. It keeps the path and the route
/// as they were when it was due. Guarded by its own monitor.
final class Flight {
  private static final int LARGEST_KEPT = 64 * 1024;

  /// Whoever is gone for less than this is not thought dead: Quartz allows more than twice as much.
  private static final Duration CLAIM = Duration.ofSeconds(5);

  final MailPath path;
  final @Nullable Route route;

  private Canary canary;
  private byte @Nullable [] message;
  private final Deque<CanaryEvent> unwritten = new ArrayDeque<>();
  private final List<Instant> looks = new ArrayList<>();
  private boolean doubted;
  private @Nullable Instant claimedAt;
  private String words = "";
  private Cancellable wake = () -> {};

  /// @param route null when it is not known, or not any more
  Flight(MailPath path, @Nullable Route route, Canary canary) {
    this.path = path;
    this.route = route;
    this.canary = canary;
  }

  /// A new one. What it sends is kept until then, unless it is large.
  Flight(MailPath path, @Nullable Route route, Canary canary, CanaryMessage rendered) {
    this(path, route, canary);
    message = rendered.bytes().length <= LARGEST_KEPT ? rendered.bytes() : null;
  }

  CanaryId id() {
    return canary.id();
  }

  synchronized Canary canary() {
    return canary;
  }

  synchronized void become(Canary next) {
    canary = next;
  }

  /// The bytes to send. They are given away: the next attempt makes them anew.
  synchronized byte[] bytes(Supplier<CanaryMessage> rendering) {
    byte[] bytes = message == null ? rendering.get().bytes() : message;
    message = null;
    return bytes;
  }

  /// It is ours to send and to wait for, by the record at that time.
  synchronized void claim(Instant at) {
    claimedAt = at;
  }

  /// Another replica takes care of it from now on.
  synchronized void give() {
    claimedAt = null;
    wakeBy(() -> {});
  }

  /// Whether we take care of it. If not, another replica does, or nobody has to any more.
  synchronized boolean isOurs() {
    return claimedAt != null;
  }

  /// Whether another replica cannot have taken it over since it was known to be ours.
  synchronized boolean isSurelyOurs(Instant now) {
    return claimedAt != null && claimedAt.plus(CLAIM).isAfter(now);
  }

  synchronized boolean isBeingTried() {
    return canary.state() instanceof CanaryState.Deferred(_, boolean attempting) && attempting;
  }

  /// An event of it waits to be put on record.
  synchronized void writing(CanaryEvent event) {
    unwritten.addLast(event);
  }

  /// The oldest of them is on record.
  synchronized void written() {
    unwritten.removeFirst();
  }

  /// Whether the store knows all that we know of it.
  synchronized boolean isOnRecord() {
    return unwritten.isEmpty();
  }

  /// What the store does not know yet, oldest first.
  synchronized List<CanaryEvent> unwritten() {
    return List.copyOf(unwritten);
  }

  synchronized int looks() {
    return looks.size();
  }

  /// When it was looked for, in this order.
  synchronized List<Instant> looksAt() {
    return List.copyOf(looks);
  }

  /// When it was first looked for.
  synchronized Optional<Instant> firstLook() {
    return looks.isEmpty() ? Optional.empty() : Optional.of(looks.getFirst());
  }

  synchronized void looked(Instant at) {
    looks.add(at);
  }

  synchronized String words() {
    return words;
  }

  synchronized void say(String text) {
    words = text;
  }

  /// Whether this is the first doubt about it.
  synchronized boolean doubt() {
    boolean first = !doubted;
    doubted = true;
    return first;
  }

  synchronized boolean isDoubted() {
    return doubted;
  }

  synchronized void wakeBy(Cancellable next) {
    wake.cancel();
    wake = next;
  }
}
