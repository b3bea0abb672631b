package io.mailcanary.store;

import io.mailcanary.canary.CanaryId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Removes what is old enough. A path's canaries of one hour go together and only when the hour is
/// added up, since its figures could not be counted again from a part of them.
final class Retention {
  /// A record stays open for late arrivals and copies for as long after it was given up.
  private static final Duration OPEN = Duration.ofDays(10);

  private static final int STEP = 1_000;
  private static final String WHAT = "old canaries could not be removed";

  private final Database database;

  Retention(Database database) {
    this.database = database;
  }

  void remove(Instant now, Duration canaries, Duration hourly) {
    removeCanaries(now, canaries.compareTo(OPEN) > 0 ? canaries : OPEN);
    removeHours(now.minus(hourly));
  }

  private void removeCanaries(Instant now, Duration keep) {
    Instant end = Hours.of(now.minus(keep));
    Instant rolled = database.transaction(WHAT, c -> Hours.rolledUntil(c, ""));
    Instant limit = rolled.isBefore(end) ? rolled : end;
    Instant hour = hourSince(Instant.EPOCH);
    while (hour != null && hour.isBefore(limit)) {
      removeHour(hour, now.minus(OPEN));
      hour = hourSince(Hours.after(hour));
    }
  }

  private @Nullable Instant hourSince(Instant since) {
    return database.transaction(
        WHAT,
        connection -> {
          CanaryId first = Hours.firstSince(connection, since);
          return first == null ? null : Hours.of(first.madeAt());
        });
  }

  private void removeHour(Instant hour, Instant givenUpBefore) {
    Set<String> kept = database.transaction(WHAT, c -> pathsStillOpen(c, hour, givenUpBefore));
    String high = CanaryId.floor(Hours.after(hour)).value();
    String low = CanaryId.floor(hour).value();
    while (low != null) {
      String from = low;
      low = database.transaction(WHAT, c -> removeStep(c, from, high, kept));
    }
  }

  private static Set<String> pathsStillOpen(
      Connection connection, Instant hour, Instant givenUpBefore) throws SQLException {
    String sql =
        """
        SELECT DISTINCT path FROM canary
        WHERE id >= ? AND id < ? AND (NOT settled OR scheduled_at >= ? - lost_ns)\
        """;
    Set<String> paths = new HashSet<>();
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      new Binder(select)
          .plain(CanaryId.floor(hour).value())
          .plain(CanaryId.floor(Hours.after(hour)).value())
          .at(givenUpBefore);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          paths.add(rows.getString(1));
        }
      }
    }
    return paths;
  }

  /// @return where the next step begins; null: nothing is left
  private static @Nullable String removeStep(
      Connection connection, String low, String high, Set<String> kept) throws SQLException {
    String sql = "SELECT id, path FROM canary WHERE id >= ? AND id < ? ORDER BY id LIMIT " + STEP;
    List<String> old = new ArrayList<>();
    String last = "";
    int found = 0;
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      new Binder(select).plain(low).plain(high);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found++;
          last = rows.getString(1);
          if (!kept.contains(rows.getString(2))) {
            old.add(last);
          }
        }
      }
    }
    delete(connection, "DELETE FROM canary_event WHERE canary = ?", old);
    delete(connection, "DELETE FROM canary WHERE id = ?", old);
    return found < STEP ? null : last + "0";
  }

  private static void delete(Connection connection, String sql, List<String> ids)
      throws SQLException {
    if (ids.isEmpty()) {
      return;
    }
    try (PreparedStatement delete = connection.prepareStatement(sql)) {
      for (String id : ids) {
        new Binder(delete).plain(id);
        delete.addBatch();
      }
      delete.executeBatch();
    }
  }

  private void removeHours(Instant before) {
    while (database.transaction("old figures could not be removed", c -> removeHours(c, before))) {
      // Each hour is a transaction of its own.
    }
  }

  private static boolean removeHours(Connection connection, Instant before) throws SQLException {
    try (PreparedStatement select =
            connection.prepareStatement("SELECT MIN(hour_start) FROM hourly");
        PreparedStatement delete =
            connection.prepareStatement("DELETE FROM hourly WHERE hour_start = ?");
        ResultSet row = select.executeQuery()) {
      row.next();
      long oldest = row.getLong(1);
      if (row.wasNull() || oldest >= Nanos.of(before)) {
        return false;
      }
      new Binder(delete).number(oldest);
      delete.executeUpdate();
      return true;
    }
  }
}
