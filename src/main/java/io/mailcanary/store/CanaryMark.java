package io.mailcanary.store;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a chart of many canaries needs of each.
///
/// @param start when handing it over was first tried; when it was due, before that
/// @param state its state's word
/// @param latency null before it arrived, and when our own clock was set meanwhile
/// @param within what was promised for it
public record CanaryMark(
    CanaryId id,
    Instant start,
    String state,
    @Nullable Duration latency,
    Duration within,
    int attempts,
    int copies,
    boolean altered) {

  static final String SELECT =
      "SELECT id, COALESCE(first_attempt_at, scheduled_at), state, latency_ns, within_ns, attempts,"
          + " copies, altered FROM canary ";

  static CanaryMark of(Canary canary) {
    return new CanaryMark(
        canary.id(),
        canary.start(),
        canary.state().word(),
        canary.latency(),
        canary.promise().within(),
        canary.attempts(),
        canary.copies(),
        canary.altered());
  }

  /// Reads the columns in the order of [#SELECT].
  static CanaryMark read(ResultSet row) throws SQLException {
    long latency = row.getLong(4);
    boolean arrived = !row.wasNull();
    return new CanaryMark(
        new CanaryId(row.getString(1)),
        Nanos.instant(row.getLong(2)),
        row.getString(3),
        arrived ? Nanos.duration(latency) : null,
        Nanos.duration(row.getLong(5)),
        row.getInt(6),
        row.getInt(7),
        row.getBoolean(8));
  }
}
