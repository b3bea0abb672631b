package io.mailcanary.store;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Hourly figures. A canary belongs to the hour in which its id was made.
///
/// An hour is added up once, some minutes after it is over. Whoever changes a canary of an hour
/// that is over leaves a mark, and marked hours are added up again for as long as all their
/// canaries are on record. Hours that are not added up, or are marked, are counted anew for each
/// reader, so that figures are always right.
final class Hours {
  /// Changes are marked from `MARKED_AFTER` on, hours added up from `ADDED_UP_AFTER` on: a change
  /// cannot slip in between, not even with replicas whose clocks differ.
  private static final Duration MARKED_AFTER = Duration.ofMinutes(2);

  private static final Duration ADDED_UP_AFTER = Duration.ofMinutes(10);

  private static final int PAGE = 10_000;
  private static final int MARKS = 1_000;
  private static final String WHAT = "hourly figures could not be read";

  private final Database database;

  Hours(Database database) {
    this.database = database;
  }

  static Instant of(Instant at) {
    return at.truncatedTo(ChronoUnit.HOURS);
  }

  static Instant after(Instant hour) {
    return hour.plus(1, ChronoUnit.HOURS);
  }

  private record Mark(String path, Instant hour) {}

  private record Key(String path, Instant hour, String site, String leg) {}

  /// What is counted of one hour.
  private static final class Sum {
    private final Map<String, Long> states = new TreeMap<>();
    private final Latencies latencies = new Latencies();

    HourlyFigures figures(Key key) {
      long missing = missing(states);
      return new HourlyFigures(
          key.path(),
          key.site(),
          key.leg(),
          key.hour(),
          states,
          latencies.percentile(0.5, missing),
          latencies.percentile(0.9, missing),
          latencies.percentile(0.99, missing));
    }
  }

  /// How many had not arrived although they should have. What is still on its way within its
  /// promise proves nothing yet, and what we could not see proves nothing at all.
  private static long missing(Map<String, Long> states) {
    long missing = 0;
    for (Map.Entry<String, Long> entry : states.entrySet()) {
      missing +=
          switch (entry.getKey()) {
            case "deferred", "overdue", "lost", "bounced", "rejected" -> entry.getValue();
            default -> 0;
          };
    }
    return missing;
  }

  /// Marks the hours that these entries change although they are over.
  void touch(Connection connection, List<JournalEntry> entries, Instant now) throws SQLException {
    Set<Mark> marks = new HashSet<>();
    for (JournalEntry entry : entries) {
      Canary canary = entry.canary();
      Instant hour = of(canary.id().madeAt());
      Instant latest = entry.event().at().isAfter(now) ? entry.event().at() : now;
      if (!latest.isBefore(after(hour).plus(MARKED_AFTER))) {
        marks.add(new Mark(canary.path(), hour));
      }
    }
    if (marks.isEmpty()) {
      return;
    }
    String sql = "INSERT INTO hourly_touched (path, hour_start) VALUES (?, ?)";
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      for (Mark mark : marks) {
        new Binder(insert).text(mark.path()).at(mark.hour());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  List<HourlyFigures> figures(String path, Instant from, Instant to) {
    return database.transaction(WHAT, connection -> figures(connection, path, from, to));
  }

  void addUp(Instant now) {
    Instant end = of(now.minus(ADDED_UP_AFTER));
    while (database.transaction("hours could not be added up", c -> addUpNext(c, end))) {
      // Each hour is a transaction of its own.
    }
    while (database.transaction("hours could not be added up", c -> addUpMarked(c, end))) {
      // So is each set of marks.
    }
  }

  /// @return whether there may be a further hour
  private static boolean addUpNext(Connection connection, Instant end) throws SQLException {
    Instant rolled = rolledUntil(connection, " FOR UPDATE");
    if (!rolled.isBefore(end)) {
      return false;
    }
    CanaryId first = firstSince(connection, rolled);
    Instant hour = first == null ? end : of(first.madeAt());
    if (hour.isBefore(end)) {
      store(connection, count(connection, null, hour));
      setRolledUntil(connection, after(hour));
      return true;
    }
    setRolledUntil(connection, end);
    return false;
  }

  /// @return whether there may be further marks
  private static boolean addUpMarked(Connection connection, Instant end) throws SQLException {
    rolledUntil(connection, " FOR UPDATE");
    Map<Mark, List<Long>> marks = new HashMap<>();
    String sql =
        "SELECT path, hour_start, seq FROM hourly_touched WHERE hour_start < ? ORDER BY seq LIMIT "
            + MARKS;
    int found = 0;
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      new Binder(select).at(end);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          Mark mark = new Mark(rows.getString(1), Nanos.instant(rows.getLong(2)));
          marks.computeIfAbsent(mark, _ -> new ArrayList<>()).add(rows.getLong(3));
          found++;
        }
      }
    }
    for (Mark mark : marks.keySet()) {
      store(connection, count(connection, mark.path(), mark.hour()));
    }
    unmark(connection, marks.values());
    return found == MARKS;
  }

  private static void unmark(Connection connection, Collection<List<Long>> marks)
      throws SQLException {
    String sql = "DELETE FROM hourly_touched WHERE seq = ?";
    try (PreparedStatement delete = connection.prepareStatement(sql)) {
      for (List<Long> seen : marks) {
        for (long seq : seen) {
          new Binder(delete).number(seq);
          delete.addBatch();
        }
      }
      delete.executeBatch();
    }
  }

  private static List<HourlyFigures> figures(
      Connection connection, String path, Instant from, Instant to) throws SQLException {
    Map<Key, Sum> sums = stored(connection, path, from, to);
    Instant rolled = rolledUntil(connection, "");
    Instant live = rolled.isAfter(from) ? rolled : from;
    Map<Key, Sum> counted = new HashMap<>();
    if (live.isBefore(to)) {
      count(connection, path, live, to, counted);
    }
    for (Instant hour : marked(connection, path, from, to)) {
      if (hour.isBefore(live)) {
        count(connection, path, hour, after(hour), counted);
      }
    }
    sums.putAll(counted);
    List<HourlyFigures> figures = new ArrayList<>();
    sums.forEach((key, sum) -> figures.add(sum.figures(key)));
    figures.sort(
        Comparator.comparing(HourlyFigures::hour)
            .thenComparing(HourlyFigures::site)
            .thenComparing(HourlyFigures::leg));
    return figures;
  }

  private static Map<Key, Sum> stored(Connection connection, String path, Instant from, Instant to)
      throws SQLException {
    String sql =
        """
        SELECT hour_start, site, leg, states, latencies FROM hourly
        WHERE path = ? AND hour_start >= ? AND hour_start < ?\
        """;
    Map<Key, Sum> sums = new HashMap<>();
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      new Binder(select).text(path).at(from).at(to);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          Key key =
              new Key(path, Nanos.instant(rows.getLong(1)), rows.getString(2), rows.getString(3));
          Sum sum = new Sum();
          EventDetail.read(rows.getString(4))
              .forEach((state, n) -> sum.states.put(state, ((Number) n).longValue()));
          sum.latencies.addAll(Latencies.decoded(rows.getBytes(5)));
          sums.put(key, sum);
        }
      }
    }
    return sums;
  }

  private static Set<Instant> marked(Connection connection, String path, Instant from, Instant to)
      throws SQLException {
    String sql =
        """
        SELECT DISTINCT hour_start FROM hourly_touched
        WHERE path = ? AND hour_start >= ? AND hour_start < ?\
        """;
    Set<Instant> hours = new HashSet<>();
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      new Binder(select).text(path).at(from).at(to);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          hours.add(Nanos.instant(rows.getLong(1)));
        }
      }
    }
    return hours;
  }

  /// @param path this path alone; null: all
  private static Map<Key, Sum> count(Connection connection, @Nullable String path, Instant hour)
      throws SQLException {
    Map<Key, Sum> sums = new HashMap<>();
    count(connection, path, hour, after(hour), sums);
    return sums;
  }

  /// Counts canaries of whole hours, in pages: not more of them are in memory at a time.
  private static void count(
      Connection connection, @Nullable String path, Instant from, Instant to, Map<Key, Sum> sums)
      throws SQLException {
    String sql =
        "SELECT id, path, site, leg, state, latency_ns FROM canary WHERE "
            + (path == null ? "" : "path = ? AND ")
            + "id >= ? AND id < ? ORDER BY "
            + (path == null ? "id" : "path, id DESC")
            + " LIMIT "
            + PAGE;
    String low = CanaryId.floor(from).value();
    String high = CanaryId.floor(to).value();
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      int found;
      do {
        Binder binder = new Binder(select);
        if (path != null) {
          binder.text(path);
        }
        binder.plain(low).plain(high);
        found = 0;
        try (ResultSet rows = select.executeQuery()) {
          while (rows.next()) {
            found++;
            String id = rows.getString(1);
            add(sums, new CanaryId(id), rows);
            if (path == null) {
              low = id + "0";
            } else {
              high = id;
            }
          }
        }
      } while (found == PAGE);
    }
  }

  private static void add(Map<Key, Sum> sums, CanaryId id, ResultSet row) throws SQLException {
    Key key = new Key(row.getString(2), of(id.madeAt()), row.getString(3), row.getString(4));
    Sum sum = sums.computeIfAbsent(key, _ -> new Sum());
    sum.states.merge(row.getString(5), 1L, Long::sum);
    long latency = row.getLong(6);
    if (!row.wasNull()) {
      sum.latencies.add(Nanos.duration(latency));
    }
  }

  private static void store(Connection connection, Map<Key, Sum> sums) throws SQLException {
    if (sums.isEmpty()) {
      return;
    }
    String sql =
        """
        MERGE INTO hourly USING (
          VALUES (CAST(? AS VARCHAR), CAST(? AS BIGINT), CAST(? AS VARCHAR), CAST(? AS VARCHAR),
            CAST(? AS VARCHAR), CAST(? AS BYTEA))
        ) AS made (path, hour_start, site, leg, states, latencies)
        ON hourly.path = made.path AND hourly.hour_start = made.hour_start
          AND hourly.site = made.site AND hourly.leg = made.leg
        WHEN MATCHED THEN UPDATE SET states = made.states, latencies = made.latencies
        WHEN NOT MATCHED THEN INSERT (path, hour_start, site, leg, states, latencies)
          VALUES (made.path, made.hour_start, made.site, made.leg, made.states, made.latencies)\
        """;
    try (PreparedStatement merge = connection.prepareStatement(sql)) {
      for (Map.Entry<Key, Sum> entry : sums.entrySet()) {
        Key key = entry.getKey();
        new Binder(merge)
            .text(key.path())
            .at(key.hour())
            .text(key.site())
            .text(key.leg())
            .plain(EventDetail.text(entry.getValue().states))
            .bytes(entry.getValue().latencies.encoded());
        merge.addBatch();
      }
      merge.executeBatch();
    }
  }

  /// The oldest canary that was made since then.
  static @Nullable CanaryId firstSince(Connection connection, Instant since) throws SQLException {
    String sql = "SELECT id FROM canary WHERE id >= ? ORDER BY id LIMIT 1";
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      new Binder(select).plain(CanaryId.floor(since).value());
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? new CanaryId(row.getString(1)) : null;
      }
    }
  }

  /// All hours before this one are added up.
  static Instant rolledUntil(Connection connection, String lock) throws SQLException {
    String sql = "SELECT rolled_until FROM hourly_progress WHERE one = 1" + lock;
    try (PreparedStatement select = connection.prepareStatement(sql);
        ResultSet row = select.executeQuery()) {
      row.next();
      return Nanos.instant(row.getLong(1));
    }
  }

  private static void setRolledUntil(Connection connection, Instant until) throws SQLException {
    String sql = "UPDATE hourly_progress SET rolled_until = ? WHERE one = 1";
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      new Binder(update).at(until);
      update.executeUpdate();
    }
  }
}
