package io.mailcanary.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Sessions that were ended before their time, by any replica. The ids that stand here open
/// nothing: a session is a signed cookie.
public final class EndedSessions {
  /// Far more than people log out within the life of a session.
  static final int MOST = 100_000;

  private static final String NOW =
      "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000000000 AS BIGINT)";
  private static final String PUT =
      "INSERT INTO ended_session (id, until_at, ended_at) VALUES (?, ?, "
          + NOW
          + ") ON CONFLICT DO NOTHING";
  private static final String LATELY =
      "SELECT id, until_at FROM ended_session WHERE ended_at >= "
          + NOW
          + " - ? ORDER BY ended_at DESC LIMIT "
          + MOST;

  private final Database database;

  /// @param until it would have ended by itself then
  public record Ended(String id, Instant until) {}

  public EndedSessions(Database database) {
    this.database = database;
  }

  /// On the disk when this returns. What stands there already stays.
  public void put(Ended ended) {
    database.durably(
        "a log-out could not be put on record",
        c -> Sql.run(c, PUT, b -> b.plain(ended.id()).at(ended.until())));
  }

  /// Those that were put on record within `time` before now, the latest first.
  public List<Ended> within(Duration time) {
    return database.transaction(
        "log-outs could not be read",
        c ->
            Sql.read(
                c,
                LATELY,
                b -> b.took(time),
                row -> new Ended(row.getString(1), Nanos.instant(row.getLong(2)))));
  }

  /// Forgets those that have ended by themselves.
  public void tidy(Instant now) {
    database.transaction(
        "old log-outs could not be removed",
        c -> Sql.run(c, "DELETE FROM ended_session WHERE until_at < ?", b -> b.at(now)));
  }
}
