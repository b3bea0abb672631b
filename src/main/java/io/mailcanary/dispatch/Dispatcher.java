package io.mailcanary.dispatch;

import io.mailcanary.dispatch.DispatchMeters.Result;
import io.mailcanary.incident.IncidentState;
import io.mailcanary.incident.Notification.Event;
import io.mailcanary.mail.Severity;
import io.mailcanary.notify.Notifier;
import io.mailcanary.notify.Outcome;
import io.mailcanary.notify.Standing;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.Plan;
import io.mailcanary.store.IncidentStore;
import io.mailcanary.store.Outbox;
import io.mailcanary.store.Outbox.Backlog;
import io.mailcanary.store.Outbox.Claimed;
import io.mailcanary.store.StoreException;
import io.mailcanary.verdict.Words;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Empties the outbox. What is in it is claimed, sent, and marked; whoever dies in between leaves a
/// claim that runs out, and then it is sent again, with the same key. A channel that hangs keeps
/// nothing from the others.
public final class Dispatcher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  static final String PART = "outbox";
  static final String CHANNEL_PART = "channel:";

  /// At a time.
  private static final int PER_CHANNEL = 4;

  private static final Duration COUNTED = Duration.ofSeconds(5);
  private static final Duration FAREWELL = Duration.ofSeconds(5);

  private final Outbox outbox;
  private final IncidentStore incidents;
  private final Function<Plan, Map<String, Notifier>> makes;
  private final Board board;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final DispatchMeters meters;
  private final Patience patience;

  /// Names us in claims: this process, and no other, not even the one that we were before.
  private final String owner = UUID.randomUUID().toString();

  private final Semaphore wakes = new Semaphore(0);
  private final Map<Long, String> inFlight = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> busy = new ConcurrentHashMap<>();
  private volatile Map<String, Notifier> notifiers = Map.of();
  private volatile Map<String, String> cautions = Map.of();
  private volatile Map<IncidentStore.Count, Long> counts = Map.of();
  private volatile Optional<Backlog> backlog = Optional.empty();
  private volatile boolean changed = true;
  private volatile boolean closed;

  /// At first, since whoever was here before us may have died of it.
  private volatile boolean somethingFailed = true;

  private Executor hands = task -> Thread.ofVirtual().name("notify-", 0).start(task);
  private Instant countAt = Instant.MIN;
  private Optional<Thread> loop = Optional.empty();

  /// @param makes what speaks to each channel of a plan, by the channel's name
  public Dispatcher(
      Outbox outbox,
      IncidentStore incidents,
      Function<Plan, Map<String, Notifier>> makes,
      Board board,
      InstantSource clock,
      RandomGenerator random,
      DispatchMeters meters,
      Patience patience) {
    this.outbox = outbox;
    this.incidents = incidents;
    this.makes = makes;
    this.board = board;
    this.clock = clock;
    this.random = random;
    this.meters = meters;
    this.patience = patience;
  }

  /// Begins to send, from where whoever was here before us ended.
  ///
  /// @param alone whether nobody else can hold a claim
  public void start(boolean alone) {
    if (alone) {
      outbox.release();
    }
    loop = Optional.of(Thread.ofVirtual().name("dispatch").start(this::run));
  }

  /// As [#start] where nobody else holds a claim, for somebody who turns the clock: it sends only
  /// when what is returned is run, on the thread that runs it.
  public Runnable attend() {
    outbox.release();
    hands = Runnable::run;
    return () -> turn(clock.instant());
  }

  /// Tells the channels of this plan from now on.
  public void follow(Plan plan) {
    Set<String> gone = new HashSet<>(notifiers.keySet());
    notifiers = makes.apply(plan);
    cautions = plan.paging().cautions();
    gone.removeAll(notifiers.keySet());
    gone.forEach(name -> board.forgetPart(CHANNEL_PART + name));
    notifiers.keySet().forEach(name -> show(CHANNEL_PART + name, true, ""));
    changed = true;
    wake();
  }

  /// Says that something has been put in the outbox.
  public void wake() {
    wakes.release();
  }

  /// How many incidents are on record, as was counted a few seconds ago.
  public long count(Severity severity, IncidentState state) {
    return counts.getOrDefault(new IncidentStore.Count(severity, state), 0L);
  }

  /// How many notifications wait, as was seen a moment ago.
  public long waiting() {
    return backlog.map(Backlog::waiting).orElse(0L);
  }

  /// For how long the oldest of them has waited.
  public Duration oldest() {
    return backlog
        .map(waits -> Duration.between(waits.oldest(), clock.instant()))
        .filter(age -> !age.isNegative())
        .orElse(Duration.ZERO);
  }

  /// Tells a channel something marked as a test, at once and off the record.
  ///
  /// @return what came of it; empty: there is no such channel
  public Optional<TestResult> test(String channel) throws InterruptedException {
    Notifier notifier = notifiers.get(channel);
    if (notifier == null) {
      return Optional.empty();
    }
    TestResult result =
        TestAlarm.send(channel, notifier, clock.instant()).with(cautions.getOrDefault(channel, ""));
    meters.told(channel, result.ok() ? Result.SENT : Result.FAILED);
    showChannel(channel, result.ok(), result.ok() ? "" : result.words());
    LOG.info("channel {}: test: {}", channel, result.words());
    return Optional.of(result);
  }

  @Override
  public void close() {
    closed = true;
    wake();
    loop.ifPresent(Dispatcher::join);
    // What is just being sent is nearly done; else its claim runs out.
    long deadline = System.nanoTime() + FAREWELL.toNanos();
    while (!inFlight.isEmpty() && System.nanoTime() < deadline) {
      waitFor(Duration.ofMillis(20));
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join(FAREWELL);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closed) {
      try {
        turn(clock.instant());
      } catch (StoreException e) {
        show(PART, false, String.valueOf(e.getMessage()));
      } catch (RuntimeException e) {
        LOG.error("a turn of the dispatcher failed", e);
        show(PART, false, "internal: " + e.getClass().getSimpleName());
      }
      waitFor(patience.turn());
    }
  }

  private void waitFor(Duration time) {
    try {
      if (wakes.tryAcquire(time.toMillis(), TimeUnit.MILLISECONDS)) {
        wakes.drainPermits();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      closed = true;
    }
  }

  private void turn(Instant now) {
    if (!inFlight.isEmpty()) {
      outbox.renew(owner, Set.copyOf(inFlight.keySet()), now.plus(patience.lease()));
    }
    if (changed) {
      changed = false;
      forget(now);
    }
    backlog = notifiers.isEmpty() ? Optional.empty() : empty(now);
    show(backlog, now);
    if (countAt.plus(COUNTED).isBefore(now)) {
      counts = incidents.counts();
      countAt = now;
    }
  }

  /// @return what was in it
  private Optional<Backlog> empty(Instant now) {
    Optional<Backlog> waits = outbox.backlog();
    if (waits.isPresent() || somethingFailed) {
      somethingFailed = false;
      fallBack(now);
    }
    for (String channel : outbox.due(now)) {
      send(channel, now);
    }
    return waits;
  }

  private void fallBack(Instant now) {
    for (String channel : outbox.fallBack(now.minus(patience.fallBack()), now)) {
      LOG.warn("the channels of a route all failed: channel {} is told instead", channel);
    }
  }

  private void forget(Instant now) {
    int forgotten = outbox.forget(notifiers.keySet(), now);
    if (forgotten > 0) {
      LOG.warn("{} notifications are for channels that the probe files do not have", forgotten);
    }
  }

  private void send(String channel, Instant now) {
    Notifier notifier = notifiers.get(channel);
    AtomicInteger sending = busy.computeIfAbsent(channel, _ -> new AtomicInteger());
    int free = PER_CHANNEL - sending.get();
    if (notifier == null || free <= 0) {
      return;
    }
    for (Claimed claimed : outbox.claim(owner, channel, free, now, patience.lease())) {
      sending.incrementAndGet();
      inFlight.put(claimed.seq(), channel);
      hands.execute(() -> {
        try {
          send(notifier, claimed);
        } finally {
          inFlight.remove(claimed.seq());
          sending.decrementAndGet();
          // Something may wait for this very one.
          wake();
        }
      });
    }
  }

  private void send(Notifier notifier, Claimed claimed) {
    Outcome outcome = tell(notifier, claimed);
    try {
      book(notifier, claimed, outcome);
    } catch (StoreException e) {
      // The claim runs out, and it is sent again: better twice than never.
      LOG.warn(
          "channel {} was told of incident {}, but that is not on record: {}",
          claimed.channel(),
          claimed.notification().incident().id(),
          e.getMessage());
    }
  }

  private static Outcome tell(Notifier notifier, Claimed claimed) {
    try {
      return notifier.tell(claimed.id(), claimed.notification(), claimed.formerly());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new Outcome.Later("interrupted", Optional.empty());
    } catch (RuntimeException e) {
      LOG.error("a notification failed in a way that nobody foresaw", e);
      return new Outcome.Later("internal: " + e.getClass().getSimpleName(), Optional.empty());
    }
  }

  private void book(Notifier notifier, Claimed claimed, Outcome outcome) {
    Instant now = clock.instant();
    switch (outcome) {
      case Outcome.Taken taken -> taken(notifier, claimed, taken, now);
      case Outcome.Later later -> later(claimed, later.words(), later.after(), now);
      case Outcome.Refused refused when claimed.isRepeated() ->
          later(claimed, refused.words(), Optional.empty(), now);
      case Outcome.Refused refused -> failed(claimed, refused.words(), now);
    }
  }

  private void taken(Notifier notifier, Claimed claimed, Outcome.Taken taken, Instant now) {
    Standing standing = notifier.standing();
    boolean resolved = claimed.notification().event() == Event.RESOLVED;
    outbox.sent(
        owner,
        claimed,
        now,
        taken.words(),
        standing.every(),
        resolved ? Optional.of(now.plus(standing.afterResolved())) : Optional.empty());
    showChannel(claimed.channel(), true, "");
    if (!claimed.isRepeated()) {
      meters.told(claimed.channel(), Result.SENT);
      LOG.info("channel {} was told: {}: {}", claimed.channel(), what(claimed), taken.words());
    }
  }

  private void later(Claimed claimed, String words, Optional<Duration> asked, Instant now) {
    if (!claimed.isRepeated() && claimed.madeAt().plus(patience.giveUp()).isBefore(now)) {
      failed(claimed, "given up after %s: %s".formatted(Words.of(patience.giveUp()), words), now);
      return;
    }
    Duration gap = patience.gap(claimed.attempts(), asked, random);
    outbox.later(owner, claimed, now.plus(gap), words);
    meters.told(claimed.channel(), Result.RETRIED);
    showChannel(claimed.channel(), false, words);
    LOG.warn(
        "channel {} was not told, again in {}: {}: {}",
        claimed.channel(),
        Words.of(gap),
        what(claimed),
        words);
  }

  private void failed(Claimed claimed, String words, Instant now) {
    outbox.failed(owner, claimed, now, words);
    somethingFailed = true;
    meters.told(claimed.channel(), Result.FAILED);
    showChannel(claimed.channel(), false, words);
    LOG.error(
        "channel {} will not be told, and is not asked again: {}: {}",
        claimed.channel(),
        what(claimed),
        words);
  }

  private static String what(Claimed claimed) {
    return "incident %s %s"
        .formatted(claimed.notification().incident().id(), claimed.notification().event().word());
  }

  private void show(Optional<Backlog> backlog, Instant now) {
    Optional<Backlog> stuck =
        backlog.filter(waits -> waits.oldest().plus(patience.stuck()).isBefore(now));
    show(PART, stuck.isEmpty(), stuck.map(waits -> words(waits, now)).orElse(""));
  }

  private static String words(Backlog backlog, Instant now) {
    Duration age = Duration.between(backlog.oldest(), now);
    return "notifications wait: %d, the oldest for %d min, for channel %s%s"
        .formatted(
            backlog.waiting(),
            age.toMinutes(),
            backlog.channel(),
            backlog.words().isEmpty() ? "" : " (" + backlog.words() + ")");
  }

  private void showChannel(String channel, boolean ok, String reason) {
    // It may have been taken away while something was on its way.
    if (notifiers.containsKey(channel)) {
      show(CHANNEL_PART + channel, ok, reason);
    }
  }

  private void show(String name, boolean ok, String reason) {
    board.show(name, ok, reason, clock.instant());
  }
}
