package io.mailcanary.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.lab.HandOvers;
import io.mailcanary.lab.PostgreSql;
import io.mailcanary.lab.StubMailServer;
import io.mailcanary.lab.TcpProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// Some replicas on one PostgreSQL that have their processes killed and frozen and their way to the
/// database cut, while canaries flow; and their books afterwards.
public final class Ordeal implements AutoCloseable {
  private static final int MAILBOXES = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /// The longest wait until it is settled that a canary in doubt cannot be told of.
  private static final Duration UNDECIDED = Duration.ofSeconds(45);

  private final PostgreSql database = PostgreSql.builder().line("fsync = off").start();
  private final StubMailServer mail = StubMailServer.start();
  private final HandOvers handOvers = new HandOvers(mail);
  private final List<Replica> replicas = new ArrayList<>();
  private final List<Duration> silences = new ArrayList<>();
  private final List<Duration> takeOvers = new ArrayList<>();
  private final int paths;
  private final Duration every;
  private int harms;

  /// What may befall a replica.
  public enum Harm {
    KILL,
    FREEZE,
    CUT,
    HALF_OPEN
  }

  private record Replica(RunningMailcanary service, TcpProxy wayToDatabase) {
    void suffer(Harm harm) {
      switch (harm) {
        case KILL -> service.kill();
        case FREEZE -> service.signal("STOP");
        case CUT -> wayToDatabase.down();
        case HALF_OPEN -> wayToDatabase.freeze();
      }
    }

    void recover(Harm harm) {
      switch (harm) {
        case KILL -> service.begin();
        case FREEZE -> service.signal("CONT");
        case CUT -> wayToDatabase.up();
        case HALF_OPEN -> {
          wayToDatabase.drop();
          wayToDatabase.thaw();
        }
      }
    }
  }

  /// A canary on record.
  private record Row(String messageId, String state, int copies) {}

  /// What came of it.
  ///
  /// @param longestSilence the longest time after a harm until a canary was handed over
  /// @param longestTakeOver the longest time after a harm until nothing was in the victims' care
  /// @param latestBooking the longest time from an arrival to its booking
  public record Outcome(
      int harms,
      int canaries,
      int handedOver,
      int refusedOnce,
      Map<String, Long> states,
      Duration longestSilence,
      Duration longestTakeOver,
      Duration latestBooking,
      Map<String, Long> owners) {}

  /// Starts so many replicas and waits until canaries flow.
  public Ordeal(Path directory, int count, int paths, Duration every) throws IOException {
    this.paths = paths;
    this.every = every;
    for (int number = 1; number <= count; number++) {
      TcpProxy proxy = TcpProxy.to(database.port());
      RunningMailcanary service =
          new RunningMailcanary(
              Files.createDirectories(directory.resolve("replica" + number)),
              Map.of(
                  "DATASOURCES_DEFAULT_URL",
                  "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/postgres",
                  "DATASOURCES_DEFAULT_USERNAME",
                  "postgres",
                  "JDK_JAVA_OPTIONS",
                  "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m"));
      service.probes("probes.yaml", probes());
      replicas.add(new Replica(service, proxy));
      service.start();
    }
    Instant now = Instant.now();
    first().awaitThat("canaries flow", _ -> handOvers.since(now) > paths);
  }

  private RunningMailcanary first() {
    return replicas.getFirst().service();
  }

  private String probes() {
    StringBuilder text =
        new StringBuilder(
            "relays: { out: { host: 127.0.0.1, port: %d, tls: none, limit: 8 } }%nmailboxes:%n"
                .formatted(mail.smtpPort()));
    for (int number = 1; number <= MAILBOXES; number++) {
      text.append(
          "  m%1$d: { host: 127.0.0.1, port: %2$d, tls: none, username: user%1$d, password: any }%n"
              .formatted(number, mail.imapPort()));
    }
    text.append("paths:\n");
    for (int number = 1; number <= paths; number++) {
      text.append(
          """
            p%1$d:
              every: %2$ds
              via: out
              from: canary@campus.test
              to: user%3$d@store.test
              arrives-in: m%3$d
              confirm: { canaries: 0 }
              expect: { within: 30s, overdue-after: %4$ds, lost-after: 10m }
          """
              .formatted(number, every.toSeconds(), number % MAILBOXES + 1, UNDECIDED.toSeconds()));
    }
    text.append(
        "service: { signing-keys: [{ id: k1, secret: \"0123456789abcdef0123\" }], receiver-limit: 5000 }\n");
    return text.toString();
  }

  /// All replicas but one suffer at the same time, and come back when the one has taken over.
  public void round(Random random) {
    List<Replica> order = new ArrayList<>(replicas);
    Collections.shuffle(order, random);
    Replica survivor = order.removeFirst();
    List<Harm> all = new ArrayList<>(List.of(Harm.values()));
    Collections.shuffle(all, random);
    Instant harmed = Instant.now();
    for (int i = 0; i < order.size(); i++) {
      order.get(i).suffer(all.get(i));
      harms++;
    }
    survivor.service().awaitThat("sending goes on", PATIENCE, () -> handOvers.since(harmed) > 5);
    silences.add(Duration.between(harmed, Instant.now()));
    survivor
        .service()
        .awaitThat(
            "the survivor takes care of all: " + all, PATIENCE, () -> heldByOthers(harmed) == 0);
    takeOvers.add(Duration.between(harmed, Instant.now()));
    for (int i = 0; i < order.size(); i++) {
      order.get(i).recover(all.get(i));
    }
    for (Replica one : order) {
      one.service().awaitThat("it is ready", PATIENCE, one.service()::isReady);
    }
  }

  /// One of them is killed for good; returns after two turns of each path.
  public void killOne() throws SQLException {
    Replica victim = replicas.removeLast();
    victim.service().close();
    victim.wayToDatabase().close();
    harms++;
    Instant after = Instant.now().plus(every.multipliedBy(2));
    first()
        .awaitThat(
            "each path has had its turns",
            every.multipliedBy(2).plus(PATIENCE),
            () ->
                number(
                        "SELECT count(DISTINCT path) FROM canary WHERE scheduled_at > %d"
                            .formatted(after.toEpochMilli() * 1_000_000))
                    == paths);
  }

  /// How many turns in a row the path missed that missed most.
  public long mostTurnsMissed() throws SQLException {
    return number(
        """
        SELECT coalesce(max(round((scheduled_at - before) / %d.0) - 1), 0) FROM (
          SELECT scheduled_at, lag(scheduled_at) OVER (PARTITION BY path ORDER BY scheduled_at) AS before
          FROM canary) AS turns WHERE before IS NOT NULL
        """
            .formatted(every.toNanos()));
  }

  /// Open canaries of that time that are not in the care of whoever sends now.
  private int heldByOthers(Instant then) throws SQLException {
    return (int)
        number(
            """
            SELECT count(*) FROM canary WHERE NOT settled AND scheduled_at < %d
            AND owner <> (SELECT owner FROM canary ORDER BY id DESC LIMIT 1)
            """
                .formatted(then.toEpochMilli() * 1_000_000));
  }

  private long number(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(database.url());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /// Ends the flow and checks the books.
  public Outcome reckon() throws SQLException {
    for (int number = 1; number <= paths; number++) {
      assertThat(first().send("PUT", "/api/v1/paths/p%d/pause".formatted(number)).statusCode())
          .isEqualTo(204);
    }
    for (Replica one : replicas) {
      one.service()
          .awaitThat(
              "a pause is everybody's",
              PATIENCE,
              () -> one.service().health("p1").equals("paused"));
    }
    first()
        .awaitThat(
            "each canary has a fate",
            UNDECIDED.plus(PATIENCE),
            () -> number("SELECT count(*) FROM canary WHERE NOT settled") == 0);
    Map<String, Row> recorded = new HashMap<>();
    recorded().forEach(row -> recorded.put(row.messageId(), row));
    Map<String, List<Instant>> taken = handOvers.taken();
    assertThat(taken.values()).as("none is handed over twice").allMatch(times -> times.size() == 1);
    assertThat(recorded.keySet()).as("no record, no canary").containsAll(taken.keySet());
    assertThat(recorded.values())
        .as("each has the fate that it had, and none is held against its path")
        .allSatisfy(row -> {
          assertThat(row.state())
              .as("%s", row)
              .isEqualTo(taken.containsKey(row.messageId()) ? "delivered" : "unobservable");
          assertThat(row.copies())
              .as("%s", row)
              .isEqualTo(taken.containsKey(row.messageId()) ? 1 : 0);
        });
    for (Replica one : replicas) {
      assertThat(one.service().log()).doesNotContain("\n\tat ");
    }
    return new Outcome(
        harms,
        recorded.size(),
        taken.size(),
        handOvers.refused(),
        counts("state"),
        longest(silences),
        longest(takeOvers),
        Duration.ofNanos(
            number("SELECT max(booked_at - arrived_at) FROM canary WHERE arrived_at IS NOT NULL")),
        counts("owner"));
  }

  private static Duration longest(List<Duration> all) {
    return all.stream().max(Duration::compareTo).orElse(Duration.ZERO);
  }

  private Map<String, Long> counts(String column) throws SQLException {
    Map<String, Long> counts = new TreeMap<>();
    try (Connection connection = DriverManager.getConnection(database.url());
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT %1$s, count(*) FROM canary GROUP BY %1$s".formatted(column))) {
      while (rows.next()) {
        counts.put(rows.getString(1), rows.getLong(2));
      }
    }
    return counts;
  }

  private List<Row> recorded() throws SQLException {
    try (Connection connection = DriverManager.getConnection(database.url());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT message_id, state, copies FROM canary")) {
      List<Row> all = new ArrayList<>();
      while (rows.next()) {
        all.add(new Row(rows.getString(1), rows.getString(2), rows.getInt(3)));
      }
      return all;
    }
  }

  @Override
  public void close() {
    replicas.forEach(one -> {
      one.service().close();
      one.wayToDatabase().close();
    });
    mail.close();
    database.close();
  }
}
