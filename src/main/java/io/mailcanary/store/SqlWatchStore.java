package io.mailcanary.store;

import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.Snapshot;
import io.mailcanary.mail.Severity;
import io.mailcanary.verdict.Change;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What watchers saw, in SQL: the same statements on H2 and PostgreSQL.
public final class SqlWatchStore implements WatchStore {
  private static final Logger LOG = LoggerFactory.getLogger(SqlWatchStore.class);
  private static final int MOST_SNAPSHOTS = 200_000;
  private static final int MOST_SELECTORS = 100_000;
  private static final String COLUMNS =
      "id, kind, severity, happened_at, noticed_at, name, type, what, who, lines_before,"
          + " lines_after, servers";

  private final Database database;

  public SqlWatchStore(Database database) {
    this.database = database;
  }

  @Override
  public void put(Change change) {
    String sql =
        """
        MERGE INTO noticed_change AS old
        USING (VALUES (?, ?, ?, CAST(? AS BIGINT), CAST(? AS BIGINT), ?, ?, ?, ?, ?, ?, ?)) AS new (%1$s)
        ON old.id = new.id
        WHEN MATCHED THEN UPDATE SET severity = new.severity, what = new.what, servers = new.servers
        WHEN NOT MATCHED THEN INSERT (%1$s)
          VALUES (new.id, new.kind, new.severity, new.happened_at, new.noticed_at, new.name,
            new.type, new.what, new.who, new.lines_before, new.lines_after, new.servers)\
        """
            .formatted(COLUMNS);
    database.durably(
        "a change could not be put on record",
        connection -> {
          try (PreparedStatement merge = connection.prepareStatement(sql)) {
            new Binder(merge)
                .plain(change.id())
                .plain(change.kind().name())
                .plain(change.severity().name())
                .at(change.at())
                .at(change.noticedAt())
                .text(change.name())
                .plain(change.type())
                .text(change.what())
                .text(change.who())
                .text(lines(change.before()))
                .text(lines(change.after()))
                .text(lines(change.servers().stream().map(SqlWatchStore::line).toList()));
            merge.executeUpdate();
          }
          return true;
        });
  }

  @Override
  public List<Change> changes(@Nullable String before, int limit) {
    return read(
        "SELECT "
            + COLUMNS
            + " FROM noticed_change "
            + (before == null ? "" : "WHERE id < ? ")
            + "ORDER BY id DESC LIMIT ?",
        binder -> {
          if (before != null) {
            binder.text(before);
          }
          binder.number(limit);
        },
        SqlWatchStore::change);
  }

  @Override
  public List<Change> changesOf(String name, int limit) {
    return read(
        "SELECT " + COLUMNS + " FROM noticed_change WHERE name = ? ORDER BY id DESC LIMIT ?",
        binder -> binder.text(name).number(limit),
        SqlWatchStore::change);
  }

  @Override
  public List<Snapshot> snapshots() {
    List<Snapshot> found = new ArrayList<>();
    read(
        "SELECT name, server, content FROM dns_snapshot LIMIT " + MOST_SNAPSHOTS,
        _ -> {},
        row -> {
          String name = row.getString(1);
          try {
            found.add(Snapshot.fromText(new DnsName(name), row.getString(2), row.getString(3)));
          } catch (IllegalArgumentException e) {
            // Of another version: what is seen next stands for itself.
            LOG.warn("what was known of {} cannot be read: {}", name, e.getMessage());
          }
          return name;
        });
    return found;
  }

  @Override
  public void put(Collection<Snapshot> snapshots, Instant since) {
    if (snapshots.isEmpty()) {
      return;
    }
    String sql =
        """
        MERGE INTO dns_snapshot AS old
        USING (VALUES (?, ?, ?, CAST(? AS BIGINT))) AS new (name, server, content, since)
        ON old.name = new.name AND old.server = new.server
        WHEN MATCHED THEN UPDATE SET content = new.content, since = new.since
        WHEN NOT MATCHED THEN INSERT (name, server, content, since)
          VALUES (new.name, new.server, new.content, new.since)\
        """;
    database.transaction(
        "what servers said could not be put on record",
        connection -> {
          try (PreparedStatement merge = connection.prepareStatement(sql)) {
            for (Snapshot one : snapshots) {
              new Binder(merge)
                  .text(one.name().text())
                  .text(one.server())
                  .text(one.toText())
                  .at(since);
              merge.addBatch();
            }
            merge.executeBatch();
          }
          return true;
        });
  }

  @Override
  public Map<String, Set<String>> selectors() {
    Map<String, Set<String>> found = new TreeMap<>();
    read(
        "SELECT domain, selector FROM dns_selector LIMIT " + MOST_SELECTORS,
        _ -> {},
        row -> found.computeIfAbsent(row.getString(1), _ -> new TreeSet<>()).add(row.getString(2)));
    return found;
  }

  @Override
  public void putSelector(String domain, String selector, Instant seen) {
    String sql =
        """
        MERGE INTO dns_selector AS old
        USING (VALUES (?, ?, CAST(? AS BIGINT))) AS new (domain, selector, seen_at)
        ON old.domain = new.domain AND old.selector = new.selector
        WHEN MATCHED THEN UPDATE SET seen_at = new.seen_at
        WHEN NOT MATCHED THEN INSERT (domain, selector, seen_at)
          VALUES (new.domain, new.selector, new.seen_at)\
        """;
    database.transaction(
        "a key of DKIM could not be put on record",
        connection -> {
          try (PreparedStatement merge = connection.prepareStatement(sql)) {
            new Binder(merge).text(domain).text(selector).at(seen);
            merge.executeUpdate();
          }
          return true;
        });
  }

  @Override
  public void tidyWatch(Instant before) {
    for (String sql :
        List.of(
            "DELETE FROM noticed_change WHERE noticed_at < ?",
            "DELETE FROM dns_selector WHERE seen_at < ?")) {
      database.transaction(
          "old changes could not be removed",
          connection -> {
            try (PreparedStatement delete = connection.prepareStatement(sql)) {
              new Binder(delete).at(before);
              return delete.executeUpdate();
            }
          });
    }
  }

  private static Change change(ResultSet row) throws SQLException {
    return new Change(
        row.getString(1),
        Change.Kind.valueOf(row.getString(2)),
        Severity.valueOf(row.getString(3)),
        Nanos.instant(row.getLong(4)),
        Nanos.instant(row.getLong(5)),
        row.getString(6),
        row.getString(7),
        row.getString(8),
        row.getString(9),
        list(row.getString(10)),
        list(row.getString(11)),
        list(row.getString(12)).stream().map(SqlWatchStore::seen).toList());
  }

  private static String line(Change.Seen seen) {
    return seen.serial() + " " + seen.server();
  }

  private static Change.Seen seen(String line) {
    int space = line.indexOf(' ');
    return new Change.Seen(line.substring(space + 1), Long.parseLong(line.substring(0, space)));
  }

  private static String lines(List<String> items) {
    return items.stream().map(item -> item.replace('\n', ' ')).collect(Collectors.joining("\n"));
  }

  private static List<String> list(String lines) {
    return lines.isEmpty() ? List.of() : lines.lines().toList();
  }

  private <T> List<T> read(String sql, Sql.Binding binding, Sql.Reading<T> reading) {
    return database.transaction(
        "what was watched could not be read",
        connection -> Sql.read(connection, sql, binding, reading));
  }
}
