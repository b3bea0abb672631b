package io.mailcanary.bench;

import io.mailcanary.lab.PostgreSql;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;

/// What the service's PostgreSQL has on record, and what that cost it by its own statistics.
record Rows(PostgreSql database) {
  private static final Duration AROUND = Duration.ofMinutes(2);
  private static final String BOOKED =
      "SELECT mailbox, folder, uid FROM canary WHERE state = 'delivered'";

  /// @param transactions committed, those that only read included
  /// @param inserted rows, in all tables
  /// @param updated rows, in all tables
  /// @param deleted rows, in all tables
  /// @param logBytes written to the write-ahead log
  /// @param bytes of all tables and indexes on the disk
  record Cost(
      long transactions, long inserted, long updated, long deleted, long logBytes, long bytes) {
    Cost since(Cost before) {
      return new Cost(
          transactions - before.transactions,
          inserted - before.inserted,
          updated - before.updated,
          deleted - before.deleted,
          logBytes - before.logBytes,
          bytes - before.bytes);
    }

    long written() {
      return inserted + updated + deleted;
    }
  }

  Cost cost() throws SQLException {
    try (Connection connection = open();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT xact_commit, tup_inserted, tup_updated, tup_deleted,
                       (pg_current_wal_lsn() - '0/0')::BIGINT, pg_database_size(datname)
                FROM pg_stat_database WHERE datname = current_database()
                """)) {
      row.next();
      return new Cost(
          row.getLong(1),
          row.getLong(2),
          row.getLong(3),
          row.getLong(4),
          row.getLong(5),
          row.getLong(6));
    }
  }

  /// Rows that were ever inserted into the tables that got any.
  Map<String, Long> inserted() throws SQLException {
    Map<String, Long> inserted = new TreeMap<>();
    try (Connection connection = open();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT relname, n_tup_ins FROM pg_stat_user_tables WHERE n_tup_ins > 0")) {
      while (rows.next()) {
        inserted.put(rows.getString(1), rows.getLong(2));
      }
    }
    return inserted;
  }

  /// Where delivered canaries were found, each as `user FOLDER uid`, the mailbox `m1` being of
  /// `user1`.
  Set<String> delivered() throws SQLException {
    Set<String> places = new HashSet<>();
    try (Connection connection = open();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.setFetchSize(10_000);
      try (ResultSet rows = statement.executeQuery(BOOKED)) {
        while (rows.next()) {
          places.add(
              place(
                  "user" + rows.getString(1).substring(1),
                  rows.getString(2),
                  afterUidValidity(rows.getString(3))));
        }
      }
    }
    return places;
  }

  private static String afterUidValidity(String uid) {
    return uid.substring(uid.indexOf('.') + 1);
  }

  static String place(String user, String folder, String uid) {
    return String.format(Locale.ROOT, "%s %s %s", user, folder, uid);
  }

  /// What the books say of this user's canaries of that time that were not delivered once at the
  /// first attempt, each in one line.
  List<String> odd(String user, Instant at) throws SQLException {
    String sql =
        """
        SELECT c.id, c.path, c.state, c.attempts, c.copies, c.doubtful, c.folder, c.uid,
               (SELECT string_agg(to_char(to_timestamp(e.happened_at / 1e9), 'HH24:MI:SS.MS ')
                                  || e.kind || ' ' || e.detail, ' | ' ORDER BY e.seq)
                FROM canary_event e WHERE e.canary = c.id)
        FROM canary c
        WHERE c.promised_mailbox = ? AND c.scheduled_at BETWEEN ? AND ?
          AND (c.state <> 'delivered' OR c.copies > 1 OR c.attempts > 1)
        ORDER BY c.scheduled_at
        """;
    List<String> odd = new ArrayList<>();
    try (Connection connection = open();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, "m" + user.substring("user".length()));
      statement.setLong(2, nanos(at.minus(AROUND)));
      statement.setLong(3, nanos(at.plus(AROUND)));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          StringJoiner line = new StringJoiner(" ");
          for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
            line.add(rows.getString(column));
          }
          odd.add(line.toString());
        }
      }
    }
    return odd;
  }

  private static long nanos(Instant at) {
    return ChronoUnit.NANOS.between(Instant.EPOCH, at);
  }

  /// Sessions of the service in the database.
  long sessions() throws SQLException {
    try (Connection connection = open();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")) {
      row.next();
      return row.getLong(1);
    }
  }

  private Connection open() throws SQLException {
    return DriverManager.getConnection(database.url());
  }
}
