package io.mailcanary.schedule;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/// What Quartz's tables tell of one cluster, beside what Quartz itself offers.
final class ClusterState {
  private static final String CHECK_INS =
      """
      SELECT instance_name, last_checkin_time, checkin_interval
      FROM qrtz_scheduler_state WHERE sched_name = ?
      """;
  private static final String CHECK_INS_ANYWHERE =
      """
      SELECT instance_name, last_checkin_time, checkin_interval
      FROM qrtz_scheduler_state WHERE sched_name = ? OR sched_name LIKE 'mailcanary%'
      """;
  private static final String TURNS =
      """
      SELECT min(next_fire_time), max(prev_fire_time)
      FROM qrtz_triggers
      WHERE sched_name = ? AND next_fire_time > 0 AND trigger_state IN ('WAITING', 'ACQUIRED')
      """;
  private static final String HELD =
      "SELECT count(*) FROM qrtz_fired_triggers WHERE sched_name = ? AND instance_name = ?";
  private static final String LEAVE =
      "DELETE FROM qrtz_scheduler_state WHERE sched_name = ? AND instance_name = ?";

  /// A read here is small; what takes longer than this is a database in trouble.
  private static final int PATIENCE_SECONDS = 3;

  private final DataSource database;
  private final String scheduler;

  ClusterState(DataSource database, String scheduler) {
    this.database = database;
    this.scheduler = scheduler;
  }

  record CheckIn(String member, Instant last, Duration interval) {}

  /// @param oldestDue when the trigger is due that waits longest
  /// @param newestFired the latest slot that any replica fired
  record Turns(Optional<Instant> oldestDue, Optional<Instant> newestFired) {}

  private interface Reader<T> {
    T read(PreparedStatement statement) throws SQLException;
  }

  List<CheckIn> checkIns() throws SQLException {
    return checkIns(CHECK_INS);
  }

  /// Those of every cluster on this database.
  List<CheckIn> checkInsAnywhere() throws SQLException {
    return checkIns(CHECK_INS_ANYWHERE);
  }

  private List<CheckIn> checkIns(String sql) throws SQLException {
    return with(
        sql,
        statement -> {
          try (ResultSet rows = statement.executeQuery()) {
            List<CheckIn> found = new ArrayList<>();
            while (rows.next()) {
              found.add(
                  new CheckIn(
                      rows.getString(1),
                      Instant.ofEpochMilli(rows.getLong(2)),
                      Duration.ofMillis(rows.getLong(3))));
            }
            return found;
          }
        });
  }

  Turns turns() throws SQLException {
    return with(
        TURNS,
        statement -> {
          try (ResultSet rows = statement.executeQuery()) {
            rows.next();
            return new Turns(instant(rows, 1), instant(rows, 2));
          }
        });
  }

  private static Optional<Instant> instant(ResultSet rows, int column) throws SQLException {
    long millis = rows.getLong(column);
    return millis <= 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  /// How many triggers a member has in its hands.
  int held(String member) throws SQLException {
    return with(
        HELD,
        statement -> {
          statement.setString(2, member);
          try (ResultSet rows = statement.executeQuery()) {
            rows.next();
            return rows.getInt(1);
          }
        });
  }

  /// Takes a member off the list at once, so that the others need not wait for its check-in to
  /// lapse.
  void leave(String member) throws SQLException {
    with(
        LEAVE,
        statement -> {
          statement.setString(2, member);
          return statement.executeUpdate();
        });
  }

  private <T> T with(String sql, Reader<T> reader) throws SQLException {
    try (Connection connection = database.getConnection()) {
      boolean automatic = connection.getAutoCommit();
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setQueryTimeout(PATIENCE_SECONDS);
        statement.setString(1, scheduler);
        T result = reader.read(statement);
        if (!automatic) {
          connection.commit();
        }
        return result;
      }
    }
  }
}
