package io.mailcanary.store;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.Cause;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What any replica put on record of canaries of late, for the one that judges for all.
public final class LatestNews {
  private static final String READ = "canaries could not be read";
  private static final int LONGEST = 300;

  /// Events in which somebody refuses a canary or reports on it.
  private static final List<String> SAYINGS =
      List.of(
          "deferred",
          "rejected",
          "bounced",
          "delay-reported",
          "refused-by-receiver",
          "found-in-queue",
          "answered");

  private final Database database;

  private static final int AT_ONCE = 500;

  /// What a server said of a canary, in one line, and what that means.
  public record Said(Instant at, String words, Cause cause) {}

  /// @param upTo the place of the newest entry that is in it
  public record Page(List<Canary> canaries, long upTo) {
    public Page {
      canaries = List.copyOf(canaries);
    }
  }

  public LatestNews(Database database) {
    this.database = database;
  }

  /// The place of the newest entry of all.
  public long place() {
    return database.transaction(
        READ,
        connection ->
            Sql.read(
                    connection,
                    "SELECT COALESCE(MAX(seq), 0) FROM canary_event",
                    _ -> {},
                    row -> row.getLong(1))
                .getFirst());
  }

  /// Canaries of which something was put on record after that place, oldest first, as they are now.
  /// Entries are not put on record in the order of their places: ask some again.
  public Page after(long place, int most) {
    return database.transaction(
        READ,
        connection -> {
          List<String> ids = new ArrayList<>();
          long upTo = place;
          for (Map.Entry<String, Long> entry :
              Sql.read(
                  connection,
                  "SELECT canary, seq FROM canary_event WHERE seq > ? ORDER BY seq LIMIT ?",
                  b -> b.number(place).number(most),
                  row -> Map.entry(row.getString(1), row.getLong(2)))) {
            ids.add(entry.getKey());
            upTo = Math.max(upTo, entry.getValue());
          }
          List<Canary> canaries = new ArrayList<>();
          for (String id : ids.stream().distinct().sorted().toList()) {
            canaries.addAll(
                Sql.read(
                    connection,
                    CanaryRow.SELECT + "WHERE id = ?",
                    b -> b.plain(id),
                    CanaryRow::read));
          }
          return new Page(canaries, upTo);
        });
  }

  /// What a server said last of a canary, in one line; empty when nobody said anything.
  public String words(CanaryId id) {
    Said said = said(List.of(id)).get(id);
    return said == null ? "" : said.words();
  }

  /// What a server said last of each of these canaries; those of whom nobody said anything are left
  /// out.
  public Map<CanaryId, Said> said(Collection<CanaryId> ids) {
    Map<CanaryId, Said> all = new HashMap<>();
    List<CanaryId> left = List.copyOf(ids);
    while (!left.isEmpty()) {
      List<CanaryId> some = left.subList(0, Math.min(AT_ONCE, left.size()));
      database
          .transaction(READ, connection -> said(connection, some))
          .forEach(one -> all.put(one.getKey(), one.getValue()));
      left = left.subList(some.size(), left.size());
    }
    return all;
  }

  /// Oldest first.
  private static List<Map.Entry<CanaryId, Said>> said(Connection connection, List<CanaryId> ids)
      throws SQLException {
    String sql =
        "SELECT canary, happened_at, detail FROM canary_event WHERE canary IN (%s) AND kind IN (%s)"
            + " ORDER BY seq";
    return Sql.read(
        connection,
        sql.formatted(places(ids), places(SAYINGS)),
        b -> {
          for (CanaryId id : ids) {
            b.plain(id.value());
          }
          for (String kind : SAYINGS) {
            b.plain(kind);
          }
        },
        row ->
            Map.entry(
                new CanaryId(row.getString(1)),
                said(row.getLong(2), EventDetail.read(row.getString(3)))));
  }

  private static String places(Collection<?> values) {
    return String.join(", ", Collections.nCopies(values.size(), "?"));
  }

  private static Said said(long at, Map<String, Object> detail) {
    String word = text(detail, "cause").orElse("");
    Cause cause =
        Arrays.stream(Cause.values())
            .filter(one -> one.word().equals(word))
            .findFirst()
            .orElse(Cause.NONE);
    return new Said(Nanos.instant(at), line(detail), cause);
  }

  private static String line(Map<String, Object> detail) {
    String host = text(detail, "host").or(() -> text(detail, "remoteMta")).orElse("");
    String stage = text(detail, "stage").map(name -> " at " + name).orElse("");
    String where = host.isEmpty() ? "" : host + stage + ": ";
    String code =
        text(detail, "code").or(() -> text(detail, "replyCode")).map(one -> one + " ").orElse("");
    String said =
        text(detail, "text")
            .or(() -> text(detail, "diagnostic"))
            .or(() -> failure(detail))
            .orElse("");
    String line = where + (said.startsWith(code) ? "" : code) + said.replaceAll("\\s+", " ");
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST - 1) + "…";
  }

  private static Optional<String> failure(Map<String, Object> detail) {
    return detail.get("failure") instanceof Map<?, ?> failure
        ? Optional.ofNullable(failure.get("words")).map(Object::toString)
        : Optional.empty();
  }

  private static Optional<String> text(Map<String, Object> detail, String key) {
    return Optional.ofNullable(detail.get(key)).map(Object::toString);
  }
}
