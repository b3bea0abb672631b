package io.mailcanary.dispatch;

import io.mailcanary.notify.HttpDoor;
import io.mailcanary.notify.Outcome;
import io.mailcanary.path.Cadence;
import io.mailcanary.path.Heartbeat;
import io.mailcanary.path.MailPath;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.Plan;
import io.mailcanary.store.StoreException;
import io.mailcanary.verdict.Health;
import io.mailcanary.verdict.Words;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.TimeZone;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.quartz.CronExpression;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says that we live, to somebody outside who calls for help when it stops: only while canaries are
/// really sent, mailboxes really read, and the outbox drains, as the observer's parts show.
public final class Pulse implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Pulse.class);

  static final String SENDING = "sending";

  /// How often we look at ourselves, whoever wants to hear.
  private static final Duration LOOK = Duration.ofSeconds(5);

  /// The same while nothing is sent: whoever waits for us is to know at once that it goes on.
  private static final Duration QUICK_LOOK = Duration.ofSeconds(1);

  /// A turn and a half may pass without a canary, and the spread of the slots.
  private static final Duration GRACE = Duration.ofMinutes(1);

  private static final int CRON_TURNS = 10;

  private final Board board;
  private final Function<Instant, Optional<Instant>> lastAttempt;
  private final HttpDoor door;
  private final InstantSource clock;
  private final Semaphore wakes = new Semaphore(0);
  private volatile Plan plan;
  private volatile boolean closed;
  private Instant expectedSince;
  private int expected;
  private String withheld = "";
  private boolean sends = true;
  private boolean recordReads = true;
  private Optional<Thread> loop = Optional.empty();

  /// @param lastAttempt when a canary was last handed over or tried to, if it was since an instant;
  ///   fails with a [StoreException] where the record cannot be read
  public Pulse(
      Board board,
      Function<Instant, Optional<Instant>> lastAttempt,
      HttpDoor door,
      InstantSource clock,
      Plan plan) {
    this.board = board;
    this.lastAttempt = lastAttempt;
    this.door = door;
    this.clock = clock;
    this.plan = plan;
    this.expectedSince = clock.instant();
  }

  public void start() {
    loop = Optional.of(Thread.ofVirtual().name("pulse").start(this::run));
  }

  /// Goes by this plan from now on.
  public void follow(Plan next) {
    plan = next;
    wakes.release();
  }

  @Override
  public void close() {
    closed = true;
    wakes.release();
    loop.ifPresent(Thread::interrupt);
  }

  private void run() {
    try {
      long last = System.nanoTime();
      while (!closed) {
        Optional<Heartbeat> heartbeat = plan.paging().heartbeat();
        long every = heartbeat.map(Heartbeat::every).orElse(LOOK).toNanos();
        long untilBeat = last + every - System.nanoTime();
        long untilLook = (sends ? LOOK : QUICK_LOOK).toNanos();
        if (wakes.tryAcquire(Math.min(untilLook, untilBeat), TimeUnit.NANOSECONDS)) {
          wakes.drainPermits();
          last = System.nanoTime();
          continue;
        }
        // What was withheld goes out as soon as it may.
        boolean due = System.nanoTime() - last >= every || !withheld.isEmpty();
        beat(due ? heartbeat : Optional.empty(), heartbeat.isPresent());
        last = due ? System.nanoTime() : last;
      }
    } catch (InterruptedException _) {
      // It is closed.
    }
  }

  /// @param heartbeat the one that is due
  /// @param wanted whether there is one at all
  private void beat(Optional<Heartbeat> heartbeat, boolean wanted) throws InterruptedException {
    try {
      lookAtSending(clock.instant());
      if (heartbeat.isPresent()) {
        beat(heartbeat.get());
      } else if (!wanted) {
        board.forgetPart(Board.HEARTBEAT);
      }
    } catch (RuntimeException e) {
      LOG.error("the heartbeat failed in a way that nobody foresaw", e);
    }
  }

  private void beat(Heartbeat heartbeat) throws InterruptedException {
    String why = whyNot().orElse("");
    if (!why.equals(withheld)) {
      if (why.isEmpty()) {
        LOG.info("the heartbeat goes out again");
      } else {
        LOG.warn("no heartbeat goes out: {}", why);
      }
      withheld = why;
    }
    if (!why.isEmpty()) {
      return;
    }
    switch (door.get(heartbeat.url())) {
      case Outcome.Taken _ -> show(Board.HEARTBEAT, true, "");
      case Outcome.Later later -> show(Board.HEARTBEAT, false, later.words());
      case Outcome.Refused refused -> show(Board.HEARTBEAT, false, refused.words());
    }
  }

  private Optional<String> whyNot() {
    return board.troubles().stream().map(part -> part.name() + ": " + part.reason()).findFirst();
  }

  void lookAtSending(Instant now) {
    List<Duration> periods =
        plan.paths().values().stream()
            .filter(this::isDue)
            .flatMap(path -> period(path.cadence(), now).stream())
            .sorted()
            .toList();
    if (periods.size() != expected) {
      expected = periods.size();
      expectedSince = now;
    }
    if (periods.isEmpty()) {
      showSending(true, "");
      return;
    }
    Duration allowed = periods.getFirst().multipliedBy(3).dividedBy(2).plus(GRACE);
    Instant since = now.minus(allowed);
    if (recordReads && expectedSince.isAfter(since)) {
      showSending(true, "");
      return;
    }
    try {
      boolean sent = lastAttempt.apply(since).isPresent();
      if (!recordReads) {
        // Without a record nothing was sent: the next canary is to be waited for from here on.
        recordReads = true;
        expectedSince = now;
        sent = true;
      }
      showSending(sent, sent ? "" : "no canary has been sent for more than " + Words.of(allowed));
    } catch (StoreException e) {
      recordReads = false;
      showSending(false, String.valueOf(e.getMessage()));
    }
  }

  private boolean isDue(MailPath path) {
    return path.enabled()
        && board
            .path(path.name())
            .map(view -> view.health().health() != Health.PAUSED)
            .orElse(true);
  }

  /// The longest wait among the next ones.
  private static Optional<Duration> period(Cadence cadence, Instant now) {
    return switch (cadence) {
      case Cadence.Every(Duration period) -> Optional.of(period);
      case Cadence.Cron(String expression) -> longest(expression, now);
    };
  }

  private static Optional<Duration> longest(String expression, Instant now) {
    try {
      CronExpression cron = new CronExpression(expression);
      cron.setTimeZone(TimeZone.getTimeZone("UTC"));
      Duration longest = Duration.ZERO;
      Date last = Date.from(now);
      for (int i = 0; i < CRON_TURNS; i++) {
        Date next = cron.getNextValidTimeAfter(last);
        if (next == null) {
          break;
        }
        Duration gap = Duration.between(last.toInstant(), next.toInstant());
        longest = gap.compareTo(longest) > 0 ? gap : longest;
        last = next;
      }
      return longest.isZero() ? Optional.empty() : Optional.of(longest);
    } catch (ParseException e) {
      return Optional.empty();
    }
  }

  private void showSending(boolean ok, String reason) {
    sends = ok;
    show(SENDING, ok, reason);
  }

  private void show(String name, boolean ok, String reason) {
    board.show(name, ok, reason, clock.instant());
  }
}
