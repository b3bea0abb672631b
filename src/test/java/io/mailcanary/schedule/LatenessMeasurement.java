package io.mailcanary.schedule;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.mailcanary.path.MailPath;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// How late slots are: 1,000 paths a minute and 100 cron expressions, on each job store. Arguments:
/// seconds for each store.
final class LatenessMeasurement {
  private LatenessMeasurement() {}

  public static void main(String[] arguments) throws Exception {
    int seconds = arguments.length == 0 ? 30 : Integer.parseInt(arguments[0]);
    Turns told = new Turns();
    List<MailPath> paths = new ArrayList<>(Paths.many(1000, Duration.ofMinutes(1)));
    try (Schedule alone = Schedule.alone(told, "", InstantSource.system())) {
      measure("memory, 1,000 paths", alone, told, paths, seconds);
    }
    for (int number = 0; number < 100; number++) {
      String expression =
          number < 60
              ? number + " * * * * ?"
              : "%d,%d * * * * ?".formatted(number - 60, number - 50);
      paths.add(Paths.cron("cron-" + number, expression));
    }
    try (Schedule alone = Schedule.alone(told, "", InstantSource.system())) {
      measure("memory, 1,000 paths and 100 cron expressions", alone, told, paths, seconds);
    }
    try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
        HikariDataSource pool = pool(postgres)) {
      ClusteredScheduleTest.createTables(pool);
      try (Schedule clustered = Schedule.clustered(pool, told, "", InstantSource.system())) {
        long before = commits(pool);
        measure("PostgreSQL, the same", clustered, told, paths, seconds);
        System.out.printf("  %d commits%n", commits(pool) - before);
      }
    }
  }

  private static void measure(
      String what, Schedule schedule, Turns told, List<MailPath> paths, int seconds)
      throws InterruptedException {
    int earlier = told.all().size();
    Instant start = Instant.now();
    long begin = System.nanoTime();
    schedule.follow(paths);
    long settled = System.nanoTime();
    TimeUnit.SECONDS.sleep(seconds);
    Lateness lateness = schedule.lateness();
    System.out.printf(
        "%s: %d turns in %d s, late p50 %.1f ms, p99 %.1f ms, at most %.1f ms; set up in %d ms%n",
        what,
        lateness.turns(),
        seconds,
        lateness.median().toNanos() / 1e6,
        lateness.ninetyNinth().toNanos() / 1e6,
        lateness.worst().toNanos() / 1e6,
        (settled - begin) / 1_000_000);
    told.all().stream()
        .skip(earlier)
        .sorted(Comparator.comparing(Turns.Told::lateness).reversed())
        .limit(5)
        .forEach(turn ->
            System.out.printf(
                "  %d ms late, %d ms after the start%n",
                turn.lateness().toMillis(), Duration.between(start, turn.slot()).toMillis()));
  }

  private static HikariDataSource pool(EmbeddedPostgres postgres) {
    HikariConfig settings = new HikariConfig();
    settings.setDataSource(postgres.getPostgresDatabase());
    settings.setMaximumPoolSize(10);
    return new HikariDataSource(settings);
  }

  private static long commits(HikariDataSource pool) throws Exception {
    try (var connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT sum(xact_commit) FROM pg_stat_database WHERE datname = 'postgres'")) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
