package io.mailcanary.store;

import io.mailcanary.canary.CanaryId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// When any replica tried to hand the newest canary over, as the record tells.
public final class LastAttempt {
  /// A canary is put on record a little before, and in the worst case long before, it is tried.
  private static final Duration SLACK = Duration.ofMinutes(10);

  private final Database database;

  public LastAttempt(Database database) {
    this.database = database;
  }

  /// @return empty: not since then
  public Optional<Instant> since(Instant since) {
    // The newest first: where canaries are sent, one row answers.
    String sql =
        """
        SELECT first_attempt_at FROM canary
        WHERE id >= ? AND first_attempt_at >= ?
        ORDER BY id DESC FETCH FIRST ROW ONLY
        """;
    return database.transaction(
        "canaries could not be read",
        c ->
            Sql.read(
                    c,
                    sql,
                    b -> b.plain(CanaryId.floor(since.minus(SLACK)).value()).at(since),
                    row -> Nanos.instant(row.getLong(1)))
                .stream()
                .findFirst());
  }
}
