package io.mailcanary.dispatch;

import io.mailcanary.canary.Canary;
import io.mailcanary.dispatch.Records.OvertakenException;
import io.mailcanary.incident.Decision;
import io.mailcanary.incident.Incident;
import io.mailcanary.incident.Silence;
import io.mailcanary.mail.Finding;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.Plan;
import io.mailcanary.store.CanaryStore;
import io.mailcanary.store.IncidentStore;
import io.mailcanary.store.LatestNews;
import io.mailcanary.store.StoreException;
import io.mailcanary.store.WatchStore;
import io.mailcanary.verdict.Change;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where incidents are opened and closed: it tells the rules what happens, puts what they decide on
/// record together with what is to be told, and wakes the dispatcher. One thread does it all; news
/// only queue.
///
/// Of several replicas one judges. Whoever becomes that one begins with what is on record, as after
/// a restart; so does one that finds that another was faster. The key of an incident that goes on
/// is unique on record, so that two who judge for a moment tell nobody twice.
public final class IncidentDesk implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IncidentDesk.class);
  private static final Duration CHORES = Duration.ofSeconds(5);
  private static final Duration ROLE = Duration.ofSeconds(1);
  private static final Duration STORE_AWAY = Duration.ofSeconds(2);
  private static final int MOST_NEWS = 200_000;
  private static final int BATCH = 1_000;
  private static final long NAP = 400;

  private final Ports ports;
  private final Records records;
  private final LinkedBlockingQueue<Runnable> news = new LinkedBlockingQueue<>(MOST_NEWS);
  private final Deque<Decision> unwritten = new ArrayDeque<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Object turn = new Object();
  private Optional<Bench> bench = Optional.empty();
  private Instant choresAt = Instant.MIN;
  private Instant roleAt = Instant.MIN;
  private volatile Plan plan;
  private Optional<Thread> thread = Optional.empty();

  /// What the desk works with.
  ///
  /// @param words what a server said last of a canary
  /// @param findings what watchers find wrong now, by source
  /// @param judges whether this replica is the one that judges
  /// @param alone whether there is no other replica
  /// @param wake says that the outbox holds something
  public record Ports(
      IncidentStore incidents,
      CanaryStore canaries,
      WatchStore changes,
      LatestNews latest,
      Board board,
      InstantSource clock,
      Function<Canary, String> words,
      Supplier<Map<String, List<Finding>>> findings,
      BooleanSupplier judges,
      BooleanSupplier alone,
      Runnable wake) {}

  public IncidentDesk(Ports ports, Plan plan) {
    this.ports = ports;
    this.plan = plan;
    this.records = new Records(ports.incidents(), ports.board(), ports.wake(), () -> this.plan);
  }

  /// Goes on with what is open on record, once this replica is the one that judges.
  public void start() {
    var _ = ports.board().listen(this::heard);
    // Waits with a time limit all the time: cheaper here than on a virtual thread.
    thread = Optional.of(Thread.ofPlatform().daemon().name("incidents").start(this::run));
  }

  /// As [#start], for somebody who turns the clock: the desk works only when what is returned is
  /// run, on the thread that runs it.
  public Runnable attend() {
    var _ = ports.board().listen(this::heard);
    return () -> {
      List<Runnable> batch = new ArrayList<>();
      news.drainTo(batch);
      turn(batch);
    };
  }

  /// Works by these probe files from now on.
  public void follow(Plan next) {
    boolean otherRules = !next.paging().rules().equals(plan.paging().rules());
    plan = next;
    put(() -> {
      if (otherRules) {
        bench = Optional.empty();
        roleAt = Instant.MIN;
      } else {
        bench.ifPresent(one -> one.watch(next, now()));
      }
    });
  }

  /// What `source` finds wrong now, all of it.
  public void findings(String source, List<Finding> findings) {
    put(() -> bench.ifPresent(one -> one.rules.findings(source, findings, now())));
  }

  /// Something became different.
  public void changed(Change change) {
    put(() -> bench.ifPresent(one -> one.rules.changed(change)));
  }

  /// Our own clock was set.
  public void clockStepped(Duration by) {
    put(() -> bench.ifPresent(one -> one.rules.clockStepped(by)));
  }

  /// Somebody takes an incident on.
  ///
  /// @return how it is now; empty: there is no such incident that is not resolved
  public Optional<Incident> acknowledge(String id, String who) {
    synchronized (turn) {
      Instant now = now();
      try {
        Optional<Incident> after = records.acknowledge(id, who, now);
        after.ifPresent(one -> bench.ifPresent(judge -> judge.learn(one)));
        return after;
      } catch (OvertakenException e) {
        LOG.info("{}", e.getMessage());
        return ports.incidents().find(id).filter(Incident::isOpen);
      }
    }
  }

  /// All silences that are not over: those of the probe files and those that were posted.
  public List<Silence> silences() {
    Instant now = now();
    List<Silence> all = new ArrayList<>(ports.incidents().silences(now));
    plan.paging().silences().stream().filter(one -> one.to().isAfter(now)).forEach(all::add);
    return all;
  }

  public void silence(Silence silence) {
    ports.incidents().put(silence);
    put(() -> choresAt = Instant.MIN);
  }

  /// @return whether there was one that can be removed
  public boolean endSilence(String id) {
    boolean was = ports.incidents().removeSilence(id);
    put(() -> choresAt = Instant.MIN);
    return was;
  }

  @Override
  public void close() {
    closed.countDown();
    thread.ifPresent(one -> {
      try {
        one.join(Duration.ofSeconds(5));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    });
  }

  private Instant now() {
    return ports.clock().instant();
  }

  private void put(Runnable what) {
    if (!news.offer(what)) {
      LOG.warn("more news than the incident desk can hold: some are lost");
    }
  }

  private void heard(Board.News one) {
    switch (one) {
      case Board.News.OfCanary(Canary canary) -> {
        String words = ports.words().apply(canary);
        Instant now = now();
        put(() -> bench.ifPresent(judge -> judge.hear(canary, words, now)));
      }
      case Board.News.OfPath _, Board.News.OfIncident _ -> {}
    }
  }

  private void run() {
    while (closed.getCount() > 0) {
      try {
        turn(gathered());
      } catch (StoreException e) {
        LOG.warn("what was decided of incidents is not on record yet: {}", e.getMessage());
        awaitStore();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        LOG.error("the incident desk failed", e);
        awaitStore();
      }
    }
  }

  /// What came within a moment is judged together: to be woken for each canary takes more than to
  /// judge it.
  private List<Runnable> gathered() throws InterruptedException {
    if (news.size() < BATCH) {
      var _ = closed.await(NAP, TimeUnit.MILLISECONDS);
    }
    List<Runnable> batch = new ArrayList<>();
    news.drainTo(batch, BATCH);
    return batch;
  }

  /// Until it is worth another try, or we are closed.
  private void awaitStore() {
    try {
      var _ = closed.await(STORE_AWAY.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void turn(List<Runnable> batch) {
    synchronized (turn) {
      batch.forEach(Runnable::run);
      Instant now = now();
      try {
        takeRole(now);
        if (bench.isPresent()) {
          judge(bench.get(), now);
        }
      } catch (OvertakenException e) {
        LOG.info("{}: it is judged anew", e.getMessage());
        unwritten.clear();
        bench = Optional.empty();
        roleAt = Instant.MIN;
      }
    }
  }

  /// Begins or ends to be the one that judges.
  private void takeRole(Instant now) {
    if (roleAt.plus(ROLE).isAfter(now)) {
      return;
    }
    boolean ours = ports.judges().getAsBoolean();
    if (ours && bench.isEmpty()) {
      Bench fresh = new Bench(ports, plan, now);
      fresh.begin(records.recall(now), now);
      bench = Optional.of(fresh);
      LOG.info("this replica judges incidents");
    } else if (!ours) {
      bench.ifPresent(_ -> LOG.info("another replica judges incidents"));
      bench = Optional.empty();
      unwritten.clear();
      records.changedElsewhere();
    }
    roleAt = now;
  }

  private void judge(Bench judge, Instant now) throws OvertakenException {
    judge.look(now);
    if (judge.rules.isRipe(now)) {
      unwritten.addAll(judge.rules.decide(now));
    }
    // What cannot be put on record waits, in its order.
    while (!unwritten.isEmpty()) {
      records.write(unwritten.getFirst(), now);
      unwritten.removeFirst();
    }
    if (!choresAt.plus(CHORES).isAfter(now)) {
      choresAt = now;
      records.changedElsewhere().forEach(judge::learn);
      records.chores(now);
    }
  }
}
