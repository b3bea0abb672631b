package io.mailcanary.schedule;

import io.mailcanary.path.MailPath;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.quartz.JobBuilder;
import org.quartz.ObjectAlreadyExistsException;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.TriggerKey;
import org.quartz.impl.matchers.GroupMatcher;
import org.quartz.listeners.TriggerListenerSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns the wheel: tells it, slot by slot, which paths are due.
///
/// The triggers are only instants; whom a slot means is looked up in the plan that this replica
/// follows when it fires. It begins to turn with the first plan, since a replica without one would
/// take slots from those that have one.
public final class Schedule implements AutoCloseable {
  static final String GROUP = "slots";

  /// A slot that is later than this is not fired any more, and a schedule that stands longer than
  /// this says so.
  static final Duration TOLERANCE = Duration.ofSeconds(5);

  static final Duration CHECK_IN = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(Schedule.class);
  private static final Duration BEAT = Duration.ofSeconds(5);

  /// As long as the triggers are not those of the plan.
  private static final Duration QUICK_BEAT = Duration.ofSeconds(1);

  private static final Duration REVIEW = Duration.ofMinutes(1);
  private static final Duration FAREWELL = Duration.ofSeconds(5);
  private static final Duration EARLIEST = Duration.ofMillis(3);
  private static final int LATENESS_WINDOW = 4096;

  private final Wheel wheel;
  private final String site;
  private final InstantSource clock;
  private final String instance;
  private final Scheduler scheduler;
  private final Membership membership;
  private final Membership everywhere;
  private final @Nullable ClusterState cluster;
  private final ScheduledExecutorService keeper;

  private final Map<String, Instant> running = new ConcurrentHashMap<>();
  private final Lateness.Window lateness = new Lateness.Window(LATENESS_WINDOW);
  private final AtomicLong skipped = new AtomicLong();
  private volatile @Nullable Instant lastTurn;
  private volatile Followed followed = new Followed(Map.of(), Map.of());
  private volatile @Nullable String unsettled;
  private volatile @Nullable String standing;

  /// Before this no slot can have been passed by for too long.
  private volatile Instant soundUntil = Instant.MIN;

  /// Slots that triggers may stand for because of us.
  private final Set<String> ours = new HashSet<>();

  private final Set<String> refused = new HashSet<>();
  private boolean planned;
  private boolean closed;
  private long reviewed = System.nanoTime();
  private long tended = System.nanoTime();
  private long skippedTold;

  /// What the plan in force means for the clock.
  ///
  /// @param slots by key
  /// @param names the paths of a slot, by its key
  private record Followed(Map<String, Slot> slots, Map<String, List<String>> names) {
    static Followed of(Map<Slot, List<String>> groups) {
      Map<String, Slot> slots = new LinkedHashMap<>();
      Map<String, List<String>> names = new LinkedHashMap<>();
      groups.forEach((slot, paths) -> {
        slots.put(slot.key(), slot);
        names.put(slot.key(), paths);
      });
      return new Followed(slots, names);
    }
  }

  private Schedule(
      Wheel wheel,
      String site,
      InstantSource clock,
      String instance,
      Scheduler scheduler,
      Membership membership,
      Membership everywhere,
      @Nullable ClusterState cluster)
      throws SchedulerException {
    this.wheel = wheel;
    this.site = site;
    this.clock = clock;
    this.instance = instance;
    this.scheduler = scheduler;
    this.membership = membership;
    this.everywhere = everywhere;
    this.cluster = cluster;
    this.keeper =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("schedule-keeper").factory());
    scheduler.setJobFactory((_, _) -> new Turn(this));
    scheduler.getListenerManager().addTriggerListener(new Misfires());
  }

  /// For one replica on a database of its own: nothing outlives the process.
  public static Schedule alone(Wheel wheel, String site, InstantSource clock) {
    String instance = ReplicaId.fresh().text();
    try {
      Scheduler scheduler = Clockworks.alone(schedulerName(site), instance, TOLERANCE);
      Membership alone = new AloneMembership(instance, clock.instant());
      return new Schedule(wheel, site, clock, instance, scheduler, alone, alone, null)
          .attended(BEAT);
    } catch (SchedulerException failure) {
      throw new IllegalStateException("the schedule cannot be set up", failure);
    }
  }

  /// For replicas that share a PostgreSQL database: each slot is fired by one replica of the site.
  /// Each site is a cluster of its own, so that no slot is taken by a replica that may not serve
  /// its paths.
  ///
  /// @param database a pool that stays open until this is closed; up to seven connections are taken
  ///   at once
  public static Schedule clustered(
      DataSource database, Wheel wheel, String site, ReplicaId self, InstantSource clock) {
    return clustered(database, wheel, site, self, clock, CHECK_IN);
  }

  static Schedule clustered(
      DataSource database,
      Wheel wheel,
      String site,
      ReplicaId self,
      InstantSource clock,
      Duration checkIn) {
    String instance = self.text();
    String name = schedulerName(site);
    try {
      Scheduler scheduler = Clockworks.clustered(name, instance, TOLERANCE, checkIn, database);
      ClusterState cluster = new ClusterState(database, name);
      return new Schedule(
              wheel,
              site,
              clock,
              instance,
              scheduler,
              QuartzMembership.ofSite(cluster, instance, clock),
              QuartzMembership.ofAllSites(cluster, instance, clock),
              cluster)
          .attended(checkIn);
    } catch (SchedulerException failure) {
      throw new IllegalStateException("the schedule cannot be set up", failure);
    }
  }

  private Schedule attended(Duration beat) {
    long quick = Math.min(beat.toMillis(), QUICK_BEAT.toMillis());
    var _ = keeper.scheduleWithFixedDelay(() -> tend(beat), quick, quick, TimeUnit.MILLISECONDS);
    return this;
  }

  /// The id of this replica.
  public String instance() {
    return instance;
  }

  /// Who shares the turns of this site.
  public Membership membership() {
    return membership;
  }

  /// Who shares what is done once for all sites on one database.
  public Membership everywhere() {
    return everywhere;
  }

  /// Follows a plan: only triggers of slots that come or go are touched. Fails never; what the job
  /// store refuses is tried again, and told by [#trouble].
  public void follow(Collection<MailPath> paths) {
    Followed next = Followed.of(Slots.group(paths, site));
    synchronized (this) {
      followed = next;
      planned = true;
      settle();
    }
  }

  /// Makes the triggers those of the plan.
  private synchronized void settle() {
    if (!planned || closed) {
      return;
    }
    try {
      Map<String, Slot> wanted = followed.slots();
      ours.addAll(wanted.keySet());
      if (!scheduler.checkExists(Turn.KEY)) {
        scheduler.addJob(
            JobBuilder.newJob(Turn.class).withIdentity(Turn.KEY).storeDurably().build(), true);
      }
      // Before the triggers come, which takes a while: the first of them are due at once.
      if (!scheduler.isStarted()) {
        scheduler.start();
      }
      Set<TriggerKey> present = scheduler.getTriggerKeys(GroupMatcher.triggerGroupEquals(GROUP));
      for (Slot slot : wanted.values()) {
        if (!present.contains(triggerKey(slot.key()))) {
          add(slot);
        }
      }
      for (TriggerKey key : present) {
        if (!wanted.containsKey(key.getName())) {
          remove(key);
        } else if (scheduler.getTriggerState(key) == Trigger.TriggerState.ERROR) {
          scheduler.resetTriggerFromErrorState(key);
        }
      }
      ours.retainAll(wanted.keySet());
      unsettled = null;
    } catch (SchedulerException failure) {
      String reason = Clockworks.innermost(failure);
      if (!reason.equals(unsettled)) {
        log.warn("The triggers cannot be brought in line with the plan yet: {}", reason);
      }
      unsettled = reason;
    }
  }

  private void add(Slot slot) throws SchedulerException {
    Optional<Trigger> trigger = Triggers.of(slot, triggerKey(slot.key()), Instant.now());
    if (trigger.isEmpty()) {
      if (refused.add(slot.key())) {
        log.warn("No path is ever due by '{}'", slot.key());
      }
      return;
    }
    try {
      scheduler.scheduleJob(trigger.get());
    } catch (ObjectAlreadyExistsException _) {
      log.debug("Another replica was first to add '{}'", slot.key());
    }
  }

  /// What we never had may be of a newer plan that another replica follows; it is removed only when
  /// there is no other.
  private void remove(TriggerKey key) throws SchedulerException {
    if (ours.contains(key.getName()) || membership.alive().all().size() == 1) {
      scheduler.unscheduleJob(key);
    }
  }

  private static TriggerKey triggerKey(String slot) {
    return new TriggerKey(slot, GROUP);
  }

  /// A trigger has fired.
  void turn(String firing, String slot, Instant due) {
    Instant now = clock.instant();
    running.put(firing, now);
    try {
      Followed plan = followed;
      List<String> names = plan.names().get(slot);
      Slot meaning = plan.slots().get(slot);
      if (names == null || meaning == null) {
        log.debug("'{}' means no path of the plan in force", slot);
        return;
      }
      Duration late = untilDue(due, now);
      if (late.compareTo(tolerance(meaning)) > 0) {
        skipped.incrementAndGet();
        return;
      }
      lateness.add(late);
      lastTurn = now;
      wheel.due(names, due);
    } catch (RuntimeException | Error failure) {
      log.error("The turn of '{}' at {} failed: {}", slot, due, failure.toString());
    } finally {
      running.remove(firing);
    }
  }

  /// Quartz fires up to two milliseconds early; a slot is never told before its instant.
  private static Duration untilDue(Instant due, Instant now) {
    Duration late = Duration.between(due, now);
    if (!late.isNegative()) {
      return late;
    }
    LockSupport.parkNanos(Math.min(-late.toNanos(), EARLIEST.toNanos()));
    return Duration.ZERO;
  }

  /// A fast slot has less, lest a pause be followed by a volley.
  private static Duration tolerance(Slot slot) {
    return switch (slot) {
      case Slot.Periodic(Duration period, _) ->
          Duration.ofMillis(
              Math.clamp(2 * Math.min(period.toMillis(), 10_000), 2000, TOLERANCE.toMillis()));
      case Slot.Timetable _ -> TOLERANCE;
    };
  }

  /// When a slot was last handed to the wheel by this replica.
  public Optional<Instant> lastTurn() {
    return Optional.ofNullable(lastTurn);
  }

  /// Of the last few thousand slots that this replica fired.
  public Lateness lateness() {
    return lateness.sum();
  }

  /// How many slots passed by unfired, because we were frozen or down.
  public long skipped() {
    return skipped.get();
  }

  /// What is wrong with the schedule, for a person.
  public Optional<String> trouble(Instant now) {
    String reason = unsettled;
    if (reason != null) {
      return Optional.of("the triggers are not those of the plan: " + reason);
    }
    Optional<Instant> hanging =
        running.values().stream()
            .filter(since -> since.plus(TOLERANCE).isBefore(now))
            .min(Instant::compareTo);
    if (hanging.isPresent()) {
      return Optional.of("a turn has hung since " + hanging.get());
    }
    return cluster == null ? standingAlone(now) : Optional.ofNullable(standing);
  }

  private Optional<String> standingAlone(Instant now) {
    try {
      if (now.isBefore(soundUntil) || !scheduler.isStarted() || scheduler.isShutdown()) {
        return Optional.empty();
      }
      Instant oldest = Instant.MAX;
      for (TriggerKey key : scheduler.getTriggerKeys(GroupMatcher.triggerGroupEquals(GROUP))) {
        Instant due = nextDue(key).orElse(Instant.MAX);
        oldest = due.isBefore(oldest) ? due : oldest;
      }
      if (oldest.isBefore(now.minus(TOLERANCE))) {
        return Optional.of(stands(oldest));
      }
      // Slots that are added from now on are due later.
      soundUntil = (oldest.isBefore(now) ? oldest : now).plus(TOLERANCE);
      return Optional.empty();
    } catch (SchedulerException failure) {
      return Optional.of("the schedule does not answer: " + Clockworks.innermost(failure));
    }
  }

  private static String stands(Instant due) {
    return "the schedule has not turned though a slot was due at " + due;
  }

  private Optional<Instant> nextDue(TriggerKey key) throws SchedulerException {
    return Optional.ofNullable(scheduler.getTrigger(key))
        .map(Trigger::getNextFireTime)
        .map(Date::toInstant);
  }

  /// What is looked after all the time, on the keeper's thread.
  private void tend(Duration beat) {
    if (unsettled == null && System.nanoTime() - tended < beat.toNanos()) {
      return;
    }
    tended = System.nanoTime();
    try {
      if (unsettled != null || System.nanoTime() - reviewed > REVIEW.toNanos()) {
        settle();
        reviewed = System.nanoTime();
      }
      if (cluster == null) {
        bringBack();
      } else {
        standing = standingTogether(cluster).orElse(null);
      }
      long total = skipped.get();
      if (total > skippedTold) {
        log.warn("{} slots passed by unfired", total - skippedTold);
        skippedTold = total;
      }
    } catch (RuntimeException | SchedulerException failure) {
      log.warn("Looking after the schedule failed: {}", Clockworks.innermost(failure));
    }
  }

  /// After a step of the clock back, triggers would wait until it has caught up. Not in a cluster:
  /// one replica with a wrong clock would drag the others along.
  synchronized void bringBack() throws SchedulerException {
    if (closed) {
      return;
    }
    Instant now = Instant.now();
    for (Slot slot : followed.slots().values()) {
      if (slot instanceof Slot.Periodic periodic) {
        TriggerKey key = triggerKey(slot.key());
        Instant farthest = now.plus(periodic.period()).plus(TOLERANCE);
        if (nextDue(key).filter(farthest::isBefore).isPresent()) {
          log.warn("The clock went back: '{}' is set anew", slot.key());
          scheduler.unscheduleJob(key);
          add(slot);
        }
      }
    }
  }

  /// A slot that a dead replica took with it is found by Quartz in its own time; the schedule
  /// stands only if nobody has fired anything since.
  private Optional<String> standingTogether(ClusterState state) {
    try {
      ClusterState.Turns turns = state.turns();
      Instant limit = Instant.now().minus(TOLERANCE);
      return turns
          .oldestDue()
          .filter(due -> due.isBefore(limit))
          .filter(due -> turns.newestFired().filter(due::isBefore).isEmpty())
          .map(Schedule::stands);
    } catch (SQLException failure) {
      return Optional.of("the job store does not answer: " + Clockworks.innermost(failure));
    }
  }

  /// Hands back what it holds, waits a little for turns under way, and takes leave of the others.
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    keeper.shutdownNow();
    try {
      scheduler.standby();
      boolean empty = await(this::holdsNothing);
      scheduler.shutdown(false);
      if (cluster != null && empty) {
        cluster.leave(instance);
      }
    } catch (SchedulerException | SQLException failure) {
      log.warn("The schedule did not end cleanly: {}", Clockworks.innermost(failure));
    }
  }

  private boolean holdsNothing() {
    try {
      return running.isEmpty() && (cluster == null || cluster.held(instance) == 0);
    } catch (SQLException _) {
      return false;
    }
  }

  private static boolean await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + FAREWELL.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    return true;
  }

  Scheduler quartz() {
    return scheduler;
  }

  private static String schedulerName(String site) {
    if (site.isEmpty()) {
      return "mailcanary";
    }
    return "mailcanary@" + (site.length() <= 100 ? site : Long.toHexString(StableHash.of(site)));
  }

  private final class Misfires extends TriggerListenerSupport {
    @Override
    public String getName() {
      return "misfires";
    }

    @Override
    public void triggerMisfired(Trigger trigger) {
      skipped.incrementAndGet();
    }
  }
}
