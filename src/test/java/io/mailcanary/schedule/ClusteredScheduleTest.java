package io.mailcanary.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.mailcanary.path.MailPath;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.JobStoreTX;
import org.quartz.impl.matchers.GroupMatcher;
import org.quartz.impl.triggers.SimpleTriggerImpl;
import org.quartz.simpl.CascadingClassLoadHelper;
import org.slf4j.LoggerFactory;

class ClusteredScheduleTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HALF = Duration.ofMillis(500);
  private static final Duration TEN = Duration.ofSeconds(10);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final List<String> TABLES =
      List.of(
          "fired_triggers",
          "scheduler_state",
          "locks",
          "simple_triggers",
          "cron_triggers",
          "simprop_triggers",
          "blob_triggers",
          "triggers",
          "job_details");

  private static EmbeddedPostgres postgres;
  private static HikariDataSource pool;

  private final Turns first = new Turns();
  private final Turns second = new Turns();
  private final List<Schedule> open = new ArrayList<>();

  @BeforeAll
  static void startDatabase() throws Exception {
    postgres = EmbeddedPostgres.builder().start();
    HikariConfig settings = new HikariConfig();
    settings.setDataSource(postgres.getPostgresDatabase());
    settings.setMaximumPoolSize(20);
    pool = new HikariDataSource(settings);
    createTables(pool);
  }

  @AfterAll
  static void stopDatabase() throws IOException {
    pool.close();
    postgres.close();
  }

  @BeforeEach
  void emptyTables() throws SQLException {
    run(pool, TABLES.stream().map("DELETE FROM qrtz_%s;"::formatted).collect(Collectors.joining()));
  }

  @AfterEach
  void close() {
    open.forEach(Schedule::close);
  }

  @Test
  void eachSlotFiresOnceWhoeverComesAndGoes() {
    List<MailPath> plan =
        Stream.concat(
                Paths.many(100, TEN).stream(),
                Stream.of(
                    Paths.every("second", SECOND),
                    Paths.every("half", HALF),
                    Paths.cron("cron", "* * * * * ?")))
            .toList();
    Schedule staying = replica(pool, first, "");
    Schedule leaving = replica(pool, second, "");
    staying.follow(plan);
    leaving.follow(plan);
    await().until(() -> slotsOf("second").size() >= 5);

    assertThat(staying.membership().alive().all())
        .containsExactlyInAnyOrder(staying.instance(), leaving.instance())
        .isEqualTo(leaving.membership().alive().all());

    leaving.close();

    assertThat(staying.membership().alive().all()).containsExactly(staying.instance());
    int before = first.count("second");
    await().atMost(Duration.ofSeconds(20)).until(() -> first.count("second") >= before + 6);
    ScheduleTest.assertEach(slotsOf("second"), SECOND);
    ScheduleTest.assertEach(slotsOf("half"), HALF);
    ScheduleTest.assertEach(slotsOf("cron"), SECOND);
    assertThat(plan).allSatisfy(path -> assertThat(slotsOf(path.name())).doesNotHaveDuplicates());
    // Ten slots, one each second: together they leave no second out.
    ScheduleTest.assertEach(
        plan.stream()
            .filter(path -> path.name().startsWith("path-"))
            .flatMap(path -> slotsOf(path.name()).stream())
            .distinct()
            .toList(),
        SECOND);
    assertThat(staying.trouble(Instant.now())).isEmpty();
  }

  @Test
  void aReplicaThatLosesTheDatabaseIsReplacedAndComesBack() {
    List<MailPath> plan = Paths.many(100, TEN);
    CuttableDatabase cable = new CuttableDatabase(pool);
    Schedule staying = replica(pool, first, "");
    Schedule lost = replica(cable, second, "");
    lost.follow(plan);
    await().until(() -> !second.all().isEmpty());
    staying.follow(plan);
    await().until(() -> staying.membership().alive().all().size() == 2);
    await().until(() -> lost.membership().alive().all().size() == 2);

    cable.cut();
    Instant cut = Instant.now();

    // What the lost replica held is found once its check-in has lapsed.
    await()
        .atMost(Duration.ofSeconds(40))
        .until(() ->
            plan.stream()
                .allMatch(path -> first.slotsOf(path.name()).stream().anyMatch(cut::isBefore)));
    await().until(() -> staying.membership().alive().all().equals(List.of(staying.instance())));
    assertThat(staying.trouble(Instant.now())).isEmpty();
    assertThat(lost.membership().alive().all()).hasSize(2);

    cable.mend();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> staying.membership().alive().all().size() == 2);
    int turns = first.all().size() + second.all().size();
    await().until(() -> first.all().size() + second.all().size() >= turns + 3);
    assertThat(plan).allSatisfy(path -> assertThat(slotsOf(path.name())).doesNotHaveDuplicates());
  }

  @Test
  void aReplicaWhoseTurnsHangHoldsNobodyUp() {
    CountDownLatch stuck = new CountDownLatch(1);
    Schedule hanging =
        replica(
            pool,
            (paths, slot) -> {
              second.due(paths, slot);
              wait(stuck);
            },
            "");
    Schedule staying = replica(pool, first, "");
    List<MailPath> plan = List.of(Paths.every("half", HALF));
    hanging.follow(plan);
    await().until(() -> second.all().size() == 4);

    staying.follow(plan);

    await().until(() -> first.all().size() >= 5);
    ScheduleTest.assertEach(first.slotsOf("half"), HALF);
    assertThat(hanging.trouble(Instant.now().plusSeconds(6)))
        .get()
        .asString()
        .startsWith("a turn has hung since ");
    stuck.countDown();
  }

  @Test
  void aReplicaWithAnOlderPlanRemovesNothingThatItNeverHad() throws Exception {
    Schedule newer = replica(pool, first, "");
    Schedule older = replica(pool, second, "");
    older.follow(List.of(Paths.every("a", HOUR)));
    newer.follow(List.of(Paths.every("a", HOUR), Paths.every("b", TEN)));

    older.follow(List.of(Paths.every("c", HOUR)));
    assertThat(triggers(newer)).anyMatch(name -> name.startsWith("every PT10S"));

    newer.follow(List.of(Paths.every("c", HOUR)));
    assertThat(triggers(newer)).hasSize(1);
  }

  @Test
  void leftoversGoWhenNobodyElseCanMeanThem() throws Exception {
    Schedule former = replica(pool, first, "");
    former.follow(List.of(Paths.every("a", HOUR), Paths.every("b", TEN)));
    former.close();

    Schedule later = replica(pool, second, "");
    later.follow(List.of(Paths.every("a", HOUR)));

    assertThat(triggers(later)).singleElement().asString().startsWith("every PT1H");
  }

  @Test
  void eachSiteHasItsOwnTurns() {
    Schedule north = replica(pool, first, "north");
    Schedule south = replica(pool, second, "south");
    List<MailPath> plan =
        List.of(Paths.every("both", SECOND), Paths.atSites("southern", SECOND, "south"));
    north.follow(plan);
    south.follow(plan);

    await().until(() -> first.count("both") >= 3 && second.count("southern") >= 3);

    assertThat(first.count("southern")).isZero();
    ScheduleTest.assertEach(first.slotsOf("both"), SECOND);
    ScheduleTest.assertEach(second.slotsOf("both"), SECOND);
    assertThat(north.membership().alive().all()).containsExactly(north.instance());
    assertThat(north.everywhere().alive().all())
        .containsExactlyInAnyOrder(north.instance(), south.instance())
        .isEqualTo(south.everywhere().alive().all());

    south.close();

    assertThat(north.everywhere().alive().all()).containsExactly(north.instance());
  }

  @Test
  void saysSoWhenTheDatabaseIsAway() {
    CuttableDatabase cable = new CuttableDatabase(pool);
    Schedule schedule = replica(cable, first, "");
    cable.cut();

    schedule.follow(List.of(Paths.every("a", SECOND)));
    assertThat(schedule.trouble(Instant.now()))
        .hasValueSatisfying(text -> assertThat(text).contains("the cable is cut"));

    cable.mend();
    await().atMost(Duration.ofSeconds(15)).until(() -> first.count("a") >= 2);
    assertThat(schedule.trouble(Instant.now())).isEmpty();
  }

  @Test
  void aClaimThatWasTakenOverDoesNotFire() throws Exception {
    FencedDelegate delegate = new FencedDelegate();
    delegate.initialize(
        LoggerFactory.getLogger(JobStoreTX.class),
        "qrtz_",
        "mailcanary",
        "woken",
        new CascadingClassLoadHelper(),
        true,
        null);
    SimpleTriggerImpl trigger = new SimpleTriggerImpl();
    trigger.setKey(new TriggerKey("every PT1S at PT0S", Schedule.GROUP));
    trigger.setJobKey(Turn.KEY);
    trigger.setFireInstanceId("woken-1");
    trigger.setNextFireTime(java.util.Date.from(Instant.now()));

    try (Connection connection = pool.getConnection()) {
      assertThatThrownBy(() -> delegate.updateFiredTrigger(connection, trigger, "EXECUTING", null))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("taken over");
      delegate.insertFiredTrigger(connection, trigger, "ACQUIRED", null);
      assertThat(delegate.updateFiredTrigger(connection, trigger, "EXECUTING", null)).isEqualTo(1);
    }
  }

  private Schedule replica(DataSource database, Wheel wheel, String site) {
    Schedule schedule =
        Schedule.clustered(
            database,
            wheel,
            site,
            ReplicaId.fresh(),
            InstantSource.system(),
            Duration.ofSeconds(1));
    open.add(schedule);
    return schedule;
  }

  private List<Instant> slotsOf(String path) {
    return Stream.concat(first.slotsOf(path).stream(), second.slotsOf(path).stream())
        .sorted()
        .toList();
  }

  private static List<String> triggers(Schedule schedule) throws Exception {
    return schedule
        .quartz()
        .getTriggerKeys(GroupMatcher.triggerGroupEquals(Schedule.GROUP))
        .stream()
        .map(TriggerKey::getName)
        .toList();
  }

  private static void wait(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static String quartzTables() throws IOException {
    try (InputStream script = JobStoreTX.class.getResourceAsStream("tables_postgres.sql")) {
      return new String(script.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.matches("(DROP|SET|COMMIT|--).*"))
          .collect(Collectors.joining("\n"));
    }
  }

  static void createTables(DataSource database) throws SQLException, IOException {
    run(database, quartzTables());
  }

  private static void run(DataSource database, String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
