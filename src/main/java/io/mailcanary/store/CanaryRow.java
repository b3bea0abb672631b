package io.mailcanary.store;

import io.mailcanary.canary.Arrival;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.canary.CanaryState.Bounced;
import io.mailcanary.canary.CanaryState.Deferred;
import io.mailcanary.canary.CanaryState.Delivered;
import io.mailcanary.canary.CanaryState.DeliveredLate;
import io.mailcanary.canary.CanaryState.InTransit;
import io.mailcanary.canary.CanaryState.Lost;
import io.mailcanary.canary.CanaryState.Misfiled;
import io.mailcanary.canary.CanaryState.Overdue;
import io.mailcanary.canary.CanaryState.Pending;
import io.mailcanary.canary.CanaryState.Rejected;
import io.mailcanary.canary.CanaryState.Unobservable;
import io.mailcanary.canary.Cause;
import io.mailcanary.canary.Content;
import io.mailcanary.canary.Promise;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A canary as a row. What it was sent as and what was promised for it is written once.
final class CanaryRow {
  private static final List<String> CHANGING =
      List.of(
          "first_attempt_at",
          "attempts",
          "sent_at",
          "arrived_at",
          "resolution_ns",
          "mailbox",
          "folder",
          "uid",
          "latency_ns",
          "copies",
          "altered",
          "measurable",
          "state",
          "settled",
          "next_attempt_at",
          "attempting",
          "doubtful",
          "cause",
          "booked_at",
          "authentication");

  private static final List<String> FIXED =
      List.of(
          "id",
          "path",
          "leg",
          "site",
          "message_id",
          "digest",
          "bytes",
          "promised_mailbox",
          "promised_folder",
          "within_ns",
          "overdue_ns",
          "lost_ns",
          "scheduled_at");

  /// No replica's mark.
  private static final String NOBODY = "-";

  private static final String SETTING =
      CHANGING.stream().map(column -> column + " = ?").collect(Collectors.joining(", "));

  private static final String COLUMNS =
      String.join(", ", CHANGING) + ", " + String.join(", ", FIXED);

  static final String SELECT = "SELECT " + COLUMNS + " FROM canary ";

  /// With its owner.
  static final String SELECT_SHARED = "SELECT " + COLUMNS + ", owner FROM canary ";

  /// Of what nobody else wrote of.
  static final String UPDATE =
      "UPDATE canary SET " + SETTING + " WHERE id = ? AND owner = ? AND NOT shared";

  /// Others wrote of it, too.
  static final String UPDATE_SHARED =
      "UPDATE canary SET " + SETTING + ", shared = TRUE WHERE id = ?";

  static final String INSERT =
      "INSERT INTO canary ("
          + COLUMNS
          + ", owner) VALUES ("
          + "?, ".repeat(CHANGING.size() + FIXED.size())
          + "?) ON CONFLICT DO NOTHING";

  private CanaryRow() {}

  static void bindUpdate(PreparedStatement statement, Canary canary, String owner)
      throws SQLException {
    bindChanging(new Binder(statement), canary).plain(canary.id().value()).plain(owner);
  }

  static void bindUpdateShared(PreparedStatement statement, Canary canary) throws SQLException {
    bindChanging(new Binder(statement), canary).plain(canary.id().value());
  }

  static void bindInsert(PreparedStatement statement, Canary canary, String owner)
      throws SQLException {
    Promise promise = canary.promise();
    bindChanging(new Binder(statement), canary)
        .plain(canary.id().value())
        .text(canary.path())
        .text(canary.leg())
        .text(canary.site())
        .text(canary.messageId())
        .text(canary.content().digest())
        .number(canary.content().bytes())
        .text(promise.mailbox())
        .text(promise.folder())
        .took(promise.within())
        .took(promise.overdueAfter())
        .took(promise.lostAfter())
        .at(canary.scheduledAt())
        .plain(owner);
  }

  private static Binder bindChanging(Binder binder, Canary canary) throws SQLException {
    binder.at(canary.firstAttemptAt()).number(canary.attempts()).at(canary.sentAt());
    bindArrival(binder, canary.arrival());
    binder
        .took(canary.latency())
        .number(canary.copies())
        .flag(canary.altered())
        .flag(canary.measurable());
    Arrival arrival = canary.arrival();
    return bindState(binder, canary.state())
        .plain(canary.cause().word())
        .at(arrival == null ? null : arrival.bookedAt())
        .text(Authentications.text(canary.authentication()));
  }

  private static void bindArrival(Binder binder, @Nullable Arrival arrival) throws SQLException {
    if (arrival == null) {
      binder.at(null).took(null).text(null).text(null).text(null);
    } else {
      binder
          .at(arrival.at())
          .took(arrival.resolution())
          .text(arrival.mailbox())
          .text(arrival.folder())
          .text(arrival.uid());
    }
  }

  private static Binder bindState(Binder binder, CanaryState state) throws SQLException {
    binder.plain(state.word()).flag(state.isSettled());
    return switch (state) {
      case Deferred(Instant next, boolean attempting) ->
          binder.at(next).flag(attempting).flag(false);
      case InTransit(boolean doubtful) -> binder.at(null).flag(false).flag(doubtful);
      case Pending _,
          Overdue _,
          Delivered _,
          DeliveredLate _,
          Misfiled _,
          Bounced _,
          Rejected _,
          Lost _,
          Unobservable _ ->
          binder.at(null).flag(false).flag(false);
    };
  }

  /// Reads the columns in the order of [#SELECT].
  static Canary read(ResultSet row) throws SQLException {
    int fixed = CHANGING.size();
    return new Canary(
        new CanaryId(row.getString(fixed + 1)),
        row.getString(fixed + 2),
        row.getString(fixed + 3),
        row.getString(fixed + 4),
        row.getString(fixed + 5),
        new Content(row.getString(fixed + 6), row.getLong(fixed + 7)),
        new Promise(
            row.getString(fixed + 8),
            row.getString(fixed + 9),
            Nanos.duration(row.getLong(fixed + 10)),
            Nanos.duration(row.getLong(fixed + 11)),
            Nanos.duration(row.getLong(fixed + 12))),
        Nanos.instant(row.getLong(fixed + 13)),
        instant(row, 1),
        row.getInt(2),
        instant(row, 3),
        arrival(row),
        duration(row, 9),
        row.getInt(10),
        row.getBoolean(11),
        row.getBoolean(12),
        state(row),
        Cause.of(row.getString(18)),
        Authentications.read(row.getString(20)));
  }

  /// Reads the columns in the order of [#SELECT_SHARED].
  static SharedCanaries.Row readShared(ResultSet row) throws SQLException {
    String owner = row.getString(CHANGING.size() + FIXED.size() + 1);
    return new SharedCanaries.Row(read(row), owner == null ? NOBODY : owner);
  }

  private static @Nullable Arrival arrival(ResultSet row) throws SQLException {
    Instant at = instant(row, 4);
    Instant booked = instant(row, 19);
    return at == null || booked == null
        ? null
        : new Arrival(
            at,
            Nanos.duration(row.getLong(5)),
            booked,
            row.getString(6),
            row.getString(7),
            row.getString(8));
  }

  private static CanaryState state(ResultSet row) throws SQLException {
    String word = row.getString(13);
    return switch (word) {
      case "pending" -> new Pending();
      case "deferred" -> new Deferred(instant(row, 15), row.getBoolean(16));
      case "in-transit" -> new InTransit(row.getBoolean(17));
      case "overdue" -> new Overdue();
      case "delivered" -> new Delivered();
      case "delivered-late" -> new DeliveredLate();
      case "misfiled" -> new Misfiled();
      case "bounced" -> new Bounced();
      case "rejected" -> new Rejected();
      case "lost" -> new Lost();
      case "unobservable" -> new Unobservable();
      default -> throw new SQLException("no state of a canary: " + word);
    };
  }

  private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
    long nanos = row.getLong(column);
    return row.wasNull() ? null : Nanos.instant(nanos);
  }

  private static @Nullable Duration duration(ResultSet row, int column) throws SQLException {
    long nanos = row.getLong(column);
    return row.wasNull() ? null : Nanos.duration(nanos);
  }
}
