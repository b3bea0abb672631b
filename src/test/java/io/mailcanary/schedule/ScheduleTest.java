package io.mailcanary.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.path.MailPath;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.matchers.GroupMatcher;

class ScheduleTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration QUARTER = Duration.ofMillis(250);
  private static final Duration HOUR = Duration.ofHours(1);

  private final Turns turns = new Turns();
  private final Schedule schedule = Schedule.alone(turns, "north", InstantSource.system());

  @AfterEach
  void close() {
    schedule.close();
  }

  @Test
  void turnsAtEachInstantOnceAndOnTime() {
    schedule.follow(List.of(Paths.every("second", SECOND), Paths.every("quarter", QUARTER)));

    await().atMost(Duration.ofSeconds(10)).until(() -> turns.count("quarter") >= 13);

    assertThat(turns.slotsOf("quarter")).allMatch(slot -> slot.toEpochMilli() % 250 == 0);
    assertThat(turns.slotsOf("second")).allMatch(slot -> slot.toEpochMilli() % 1000 == 0);
    assertEach(turns.slotsOf("quarter"), QUARTER);
    assertEach(turns.slotsOf("second"), SECOND);
    assertThat(turns.all()).allMatch(turn -> !turn.lateness().isNegative());
    assertThat(schedule.lateness().turns()).isGreaterThanOrEqualTo(13);
    assertThat(schedule.lateness().median()).isLessThan(Duration.ofMillis(100));
    assertThat(schedule.lastTurn()).isPresent();
    assertThat(schedule.trouble(Instant.now())).isEmpty();
    assertThat(schedule.skipped()).isZero();
  }

  @Test
  void doesNotTurnBeforeItHasAPlan() throws Exception {
    assertThat(schedule.quartz().isStarted()).isFalse();
    assertThat(schedule.trouble(Instant.now())).isEmpty();
  }

  @Test
  void aPlanWithEqualCadencesTouchesNothing() throws Exception {
    List<MailPath> plan = List.of(Paths.every("a", QUARTER), Paths.every("b", QUARTER));
    schedule.follow(plan);
    await().until(() -> turns.count("a") >= 1);

    for (int again = 0; again < 200; again++) {
      schedule.follow(new ArrayList<>(plan));
    }
    await().until(() -> turns.count("a") >= 6);

    assertEach(turns.slotsOf("a"), QUARTER);
    assertEach(turns.slotsOf("b"), QUARTER);
    assertThat(triggers()).containsExactly("every PT0.25S at PT0S");
  }

  @Test
  void followsWhatComesGoesChangesAndIsPaused() throws Exception {
    schedule.follow(List.of(Paths.every("a", QUARTER)));
    await().until(() -> turns.count("a") >= 1);

    schedule.follow(List.of(Paths.every("a", QUARTER), Paths.every("b", QUARTER)));
    await().until(() -> turns.count("b") >= 1);
    assertThat(triggers()).containsExactly("every PT0.25S at PT0S");

    schedule.follow(List.of(Paths.every("a", HOUR), Paths.every("b", QUARTER)));
    int before = turns.count("a");
    int others = turns.count("b");
    await().until(() -> turns.count("b") >= others + 3);
    assertThat(turns.count("a")).isLessThanOrEqualTo(before + 1);
    assertThat(triggers()).hasSize(2);

    schedule.follow(List.of(Paths.every("a", QUARTER), Paths.disabled("b", QUARTER)));
    int paused = turns.count("b");
    int resumed = turns.count("a");
    await().until(() -> turns.count("a") >= resumed + 3);
    assertThat(turns.count("b")).isLessThanOrEqualTo(paused + 1);

    schedule.follow(List.of());
    assertThat(triggers()).isEmpty();
    assertEach(distinct(turns.slotsOf("b")), QUARTER);
  }

  @Test
  void leavesOtherSitesAlone() {
    schedule.follow(
        List.of(
            Paths.atSites("theirs", QUARTER, "south"), Paths.atSites("ours", QUARTER, "north")));

    await().until(() -> turns.count("ours") >= 3);

    assertThat(turns.count("theirs")).isZero();
  }

  @Test
  void cronPathsAreDueInUtc() {
    schedule.follow(List.of(Paths.cron("a", "* * * * * ?"), Paths.cron("b", "* * * * * ?")));

    await().until(() -> turns.count("a") >= 2);

    assertThat(turns.all()).allMatch(turn -> turn.paths().equals(List.of("a", "b")));
    assertEach(turns.slotsOf("a"), SECOND);
  }

  @Test
  void whatCannotBeReadOrNeverComesHarmsNoOther() throws Exception {
    schedule.follow(
        List.of(
            Paths.cron("unreadable", "whenever"),
            Paths.cron("past", "0 0 0 1 1 ? 1999"),
            Paths.every("good", QUARTER)));

    await().until(() -> turns.count("good") >= 2);

    assertThat(triggers()).hasSize(1);
    assertThat(schedule.trouble(Instant.now())).isEmpty();
  }

  @Test
  void aWheelThatThrowsDoesNotStopIt() {
    try (Schedule stumbling =
        Schedule.alone(
            (paths, slot) -> {
              turns.due(paths, slot);
              throw new IllegalStateException("a stone in the way");
            },
            "",
            InstantSource.system())) {
      stumbling.follow(List.of(Paths.every("a", QUARTER)));

      await().until(() -> turns.count("a") >= 4);

      assertEach(turns.slotsOf("a"), QUARTER);
    }
  }

  @Test
  void aSlotThatIsLateIsSkipped() throws Exception {
    schedule.follow(List.of(Paths.every("a", SECOND), Paths.every("b", HOUR)));
    await().until(() -> turns.count("a") >= 1);
    String key = Slots.of("b", Paths.every("b", HOUR).cadence()).key();
    long before = schedule.skipped();

    // As after a freeze: the instant of the trigger passed long ago.
    Instant missed = Instant.now().minus(HOUR).minusSeconds(30);
    schedule.quartz().rescheduleJob(triggerKey(key), hourlyFrom(key, missed));

    await().until(() -> schedule.skipped() > before);
    Instant next = schedule.quartz().getTrigger(triggerKey(key)).getNextFireTime().toInstant();
    assertThat(turns.count("b")).isZero();
    assertThat(next)
        .isEqualTo(missed.truncatedTo(java.time.temporal.ChronoUnit.MILLIS).plus(HOUR).plus(HOUR));
  }

  @Test
  void aSlotThatFiresTooLateIsSkipped() {
    AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    InstantSource clock = () -> Instant.now().plus(ahead.get());
    try (Schedule waking = Schedule.alone(turns, "", clock)) {
      waking.follow(List.of(Paths.every("a", QUARTER)));
      await().until(() -> turns.count("a") >= 1);

      // A trigger that was in our hands while we were frozen fires when we wake.
      ahead.set(Duration.ofSeconds(30));
      await().until(() -> waking.skipped() >= 2);
      int frozen = turns.count("a");
      await().until(() -> waking.skipped() >= 4);

      assertThat(turns.count("a")).isEqualTo(frozen);
    }
  }

  @Test
  void aTriggerThatAStepOfTheClockLeftInTheFutureIsBroughtBack() throws Exception {
    schedule.follow(List.of(Paths.every("a", SECOND)));
    await().until(() -> turns.count("a") >= 1);
    TriggerKey key = triggerKey("every PT1S at PT0S");
    Trigger far =
        TriggerBuilder.newTrigger()
            .withIdentity(key)
            .forJob(Turn.KEY)
            .startAt(Date.from(Instant.now().plus(HOUR)))
            .withSchedule(schedule.quartz().getTrigger(key).getScheduleBuilder())
            .build();
    schedule.quartz().rescheduleJob(key, far);

    schedule.bringBack();

    int before = turns.count("a");
    await().until(() -> turns.count("a") >= before + 2);
  }

  @Test
  void saysSoWhenItDoesNotTurn() throws Exception {
    schedule.follow(List.of(Paths.every("a", SECOND)));
    await().until(() -> turns.count("a") >= 1);
    schedule.quartz().standby();
    Instant asked = Instant.now().plusSeconds(4);

    assertThat(schedule.trouble(asked)).isEmpty();
    assertThat(schedule.trouble(asked.plusSeconds(4)))
        .get()
        .asString()
        .startsWith("the schedule has not turned though a slot was due at ");
  }

  @Test
  void saysSoWhenATurnHangs() {
    CountDownLatch stuck = new CountDownLatch(1);
    try (Schedule hanging =
        Schedule.alone(
            (paths, slot) -> {
              turns.due(paths, slot);
              await().forever().until(() -> stuck.getCount() == 0);
            },
            "",
            InstantSource.system())) {
      hanging.follow(List.of(Paths.every("a", HOUR), Paths.every("b", SECOND)));
      await().until(() -> turns.count("b") >= 1);

      assertThat(hanging.trouble(Instant.now())).isEmpty();
      assertThat(hanging.trouble(Instant.now().plusSeconds(8)))
          .get()
          .asString()
          .startsWith("a turn has hung since ");
      stuck.countDown();
    }
  }

  @Test
  void nothingTurnsAfterItIsClosed() {
    schedule.follow(List.of(Paths.every("a", QUARTER)));
    await().until(() -> turns.count("a") >= 1);

    schedule.close();
    schedule.follow(List.of(Paths.every("b", QUARTER)));

    int closed = turns.count("a");
    await().during(Duration.ofMillis(600)).until(() -> turns.count("a") == closed);
    assertThat(turns.count("b")).isZero();
  }

  private static Trigger hourlyFrom(String key, Instant start) {
    return Triggers.of(new Slot.Periodic(HOUR, Duration.ZERO), triggerKey(key), start)
        .orElseThrow()
        .getTriggerBuilder()
        .startAt(Date.from(start))
        .build();
  }

  private List<String> triggers() throws Exception {
    return schedule
        .quartz()
        .getTriggerKeys(GroupMatcher.triggerGroupEquals(Schedule.GROUP))
        .stream()
        .map(TriggerKey::getName)
        .sorted()
        .toList();
  }

  private static TriggerKey triggerKey(String slot) {
    return new TriggerKey(slot, Schedule.GROUP);
  }

  private static List<Instant> distinct(List<Instant> slots) {
    assertThat(slots).doesNotHaveDuplicates();
    return slots;
  }

  /// None lost, none twice.
  static void assertEach(List<Instant> slots, Duration period) {
    List<Instant> sorted = slots.stream().sorted().toList();
    for (int at = 1; at < sorted.size(); at++) {
      assertThat(Duration.between(sorted.get(at - 1), sorted.get(at))).isEqualTo(period);
    }
  }
}
