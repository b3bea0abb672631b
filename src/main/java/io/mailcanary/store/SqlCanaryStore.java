package io.mailcanary.store;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.store.Database.Opening;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Canaries in SQL: the same statements on H2 and PostgreSQL.
public final class SqlCanaryStore implements CanaryStore {
  private static final String WRITING = "canaries could not be put on record";
  private static final String INSERT_EVENT =
      """
      INSERT INTO canary_event (canary, fingerprint, happened_at, kind, detail)
      VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING\
      """;

  /// H2 reads all that follow to find their MIN.
  private static final String NEXT_PATH =
      "SELECT path FROM canary WHERE path > ? ORDER BY path LIMIT 1";

  /// An id is made a little before or after the instant for which its canary was due.
  private static final Duration ID_SLACK = Duration.ofMinutes(1);

  private final Database database;
  private final Hours hours;
  private final InstantSource clock;
  private final String self;
  private final SharedCanaries shared;

  /// Where that was written which may not be on the disk yet.
  private volatile @Nullable Opening unsecured;

  /// For the only one that writes to the database.
  public SqlCanaryStore(Database database, InstantSource clock) {
    this(database, clock, "");
  }

  /// @param self tells this replica from all others that write to the database; eight characters at
  ///   most
  public SqlCanaryStore(Database database, InstantSource clock, String self) {
    this.self = self;
    this.shared = new SharedCanaries(self);
    this.database = database;
    this.clock = clock;
    this.hours = new Hours(database);
  }

  /// Two transactions: the one locks only what is ours, so that it never waits for what another
  /// replica writes of the canaries of both.
  @Override
  public Differences write(List<JournalEntry> entries) {
    Differences found = writeSoon(entries);
    secure();
    return found;
  }

  @Override
  public Differences writeSoon(List<JournalEntry> entries) {
    try {
      List<JournalEntry> contested =
          entries.isEmpty()
              ? List.of()
              : database.transaction(WRITING, connection -> writeOurs(joined(connection), entries));
      return contested.isEmpty()
          ? Differences.NONE
          : database.transaction(WRITING, connection -> writeShared(joined(connection), contested));
    } catch (StoreException e) {
      unsecured = e.refused() ? unsecured : null;
      throw e;
    }
  }

  @Override
  public void secure() {
    Opening opening = unsecured;
    unsecured = null;
    if (opening != null) {
      database.secure(WRITING, opening);
    }
  }

  /// @throws StoreException when what was written before is gone
  private Connection joined(Connection connection) throws SQLException {
    Opening before = unsecured;
    Opening now = database.opening(connection);
    unsecured = now;
    if (before != null && !before.equals(now)) {
      throw new StoreException(
          WRITING + ": the database was opened anew, and what was not on its disk is gone", null);
    }
    return connection;
  }

  @Override
  public List<Canary> takeOver(String site, Set<String> living, boolean unowned, int most) {
    return database.transaction(
        "canaries could not be taken over",
        connection -> shared.takeOver(connection, site, living, unowned, most));
  }

  @Override
  public boolean isOurs(CanaryId id) {
    return shared.isAlone()
        || !read(
                "SELECT 1 FROM canary WHERE id = ? AND owner = ?",
                row -> row.getInt(1),
                binder -> binder.plain(id.value()).plain(self))
            .isEmpty();
  }

  @Override
  public Set<CanaryId> ours() {
    return Set.copyOf(database.transaction("canaries could not be read", shared::ours));
  }

  /// @return the entries of canaries of which others wrote
  private List<JournalEntry> writeOurs(Connection connection, List<JournalEntry> entries)
      throws SQLException {
    Set<CanaryId> others = writeCanaries(connection, entries);
    Map<Boolean, List<JournalEntry>> parted =
        entries.stream()
            .collect(Collectors.partitioningBy(entry -> others.contains(entry.canary().id())));
    List<JournalEntry> ours = parted.getOrDefault(false, List.of());
    writeEvents(connection, ours);
    hours.touch(connection, ours, clock.instant());
    return parted.getOrDefault(true, List.of());
  }

  private Differences writeShared(Connection connection, List<JournalEntry> entries)
      throws SQLException {
    SharedCanaries.Outcome outcome = shared.merge(connection, entries);
    writeEvents(connection, outcome.entries());
    hours.touch(connection, outcome.entries(), clock.instant());
    return outcome.differences();
  }

  @Override
  public Optional<Canary> find(CanaryId id) {
    return read(
            CanaryRow.SELECT + "WHERE id = ?", CanaryRow::read, binder -> binder.plain(id.value()))
        .stream()
        .findFirst();
  }

  @Override
  public List<StoredEvent> events(CanaryId id) {
    return read(
        "SELECT happened_at, kind, detail FROM canary_event WHERE canary = ? ORDER BY seq",
        row ->
            new StoredEvent(
                Nanos.instant(row.getLong(1)),
                row.getString(2),
                EventDetail.read(row.getString(3))),
        binder -> binder.plain(id.value()));
  }

  @Override
  public List<Canary> page(
      String path, @Nullable String state, @Nullable CanaryId before, int limit) {
    String sql =
        CanaryRow.SELECT
            + "WHERE path = ?"
            + (before == null ? "" : " AND id < ?")
            + (state == null ? "" : " AND state = ?")
            + " ORDER BY path, id DESC LIMIT ?";
    return read(
        sql,
        CanaryRow::read,
        binder -> {
          binder.text(path);
          if (before != null) {
            binder.plain(before.value());
          }
          if (state != null) {
            binder.text(state);
          }
          binder.number(limit);
        });
  }

  @Override
  public List<Canary> open() {
    return read(CanaryRow.SELECT + "WHERE NOT settled ORDER BY id", CanaryRow::read, binder -> {});
  }

  /// Asks path after path by the index: a window over all rows since then would read each of them.
  @Override
  public List<Canary> recent(Instant since, int perPath) {
    List<Canary> found =
        database.transaction(
            "canaries could not be read", connection -> recent(connection, since, perPath));
    found.sort(Comparator.comparing(Canary::id));
    return found;
  }

  @Override
  public List<CanaryMark> marks(String path, Instant since, int limit) {
    List<CanaryMark> marks =
        read(
            CanaryMark.SELECT + "WHERE path = ? AND id >= ? ORDER BY path, id DESC LIMIT ?",
            CanaryMark::read,
            binder -> binder.text(path).plain(CanaryId.floor(since).value()).number(limit));
    return marks.reversed();
  }

  @Override
  public List<HourlyFigures> hourly(String path, Instant from, Instant to) {
    return hours.figures(path, from, to);
  }

  @Override
  public Map<String, Instant> paused() {
    Map<String, Instant> paused = new HashMap<>();
    read(
        "SELECT path, paused_since FROM path_pause",
        row -> paused.put(row.getString(1), Nanos.instant(row.getLong(2))),
        binder -> {});
    return Map.copyOf(paused);
  }

  @Override
  public void pause(String path, Instant since) {
    database.durably(
        "the path could not be paused",
        connection -> {
          String sql =
              "INSERT INTO path_pause (path, paused_since) VALUES (?, ?) ON CONFLICT DO NOTHING";
          try (PreparedStatement insert = connection.prepareStatement(sql)) {
            new Binder(insert).text(path).at(since);
            return insert.executeUpdate();
          }
        });
  }

  @Override
  public void resume(String path) {
    database.durably(
        "the path could not be resumed",
        connection -> {
          String sql = "DELETE FROM path_pause WHERE path = ?";
          try (PreparedStatement delete = connection.prepareStatement(sql)) {
            new Binder(delete).text(path);
            return delete.executeUpdate();
          }
        });
  }

  @Override
  public void tidy(Instant now, Duration canaries, Duration hourly) {
    hours.addUp(now);
    new Retention(database).remove(now, canaries, hourly);
  }

  /// @return those of which others wrote; nothing is done about them
  private Set<CanaryId> writeCanaries(Connection connection, List<JournalEntry> entries)
      throws SQLException {
    Map<CanaryId, Canary> fresh = new TreeMap<>();
    Map<CanaryId, Canary> known = new TreeMap<>();
    for (JournalEntry entry : entries) {
      Canary canary = entry.canary();
      boolean isNew = entry.event() instanceof CanaryEvent.Scheduled;
      if (!known.containsKey(canary.id()) && (isNew || fresh.containsKey(canary.id()))) {
        fresh.put(canary.id(), canary);
      } else {
        known.put(canary.id(), canary);
      }
    }
    // Two plain statements are a third of the work of a MERGE; the guess is nearly always right.
    List<Canary> others = update(connection, insert(connection, fresh.values()));
    others.addAll(insert(connection, update(connection, known.values())));
    return others.stream().map(Canary::id).collect(Collectors.toSet());
  }

  /// @return those that are on record already
  private List<Canary> insert(Connection connection, Collection<Canary> canaries)
      throws SQLException {
    return batch(
        connection,
        CanaryRow.INSERT,
        (statement, canary) -> CanaryRow.bindInsert(statement, canary, self),
        canaries);
  }

  /// @return those that are not on record, or of which others wrote
  private List<Canary> update(Connection connection, Collection<Canary> canaries)
      throws SQLException {
    return batch(
        connection,
        CanaryRow.UPDATE,
        (statement, canary) -> CanaryRow.bindUpdate(statement, canary, self),
        canaries);
  }

  private interface RowBinding {
    void bind(PreparedStatement statement, Canary canary) throws SQLException;
  }

  /// @return those for which nothing was done
  private static List<Canary> batch(
      Connection connection, String sql, RowBinding binding, Collection<Canary> canaries)
      throws SQLException {
    if (canaries.isEmpty()) {
      return new ArrayList<>();
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (Canary canary : canaries) {
        binding.bind(statement, canary);
        statement.addBatch();
      }
      int[] done = statement.executeBatch();
      List<Canary> undone = new ArrayList<>();
      int i = 0;
      for (Canary canary : canaries) {
        if (done[i++] == 0) {
          undone.add(canary);
        }
      }
      return undone;
    }
  }

  private static void writeEvents(Connection connection, List<JournalEntry> entries)
      throws SQLException {
    if (entries.isEmpty()) {
      return;
    }
    try (PreparedStatement insert = connection.prepareStatement(INSERT_EVENT)) {
      for (JournalEntry entry : entries) {
        CanaryEvent event = entry.event();
        String detail = EventDetail.text(event);
        new Binder(insert)
            .plain(entry.canary().id().value())
            .number(EventDetail.fingerprint(event, detail))
            .at(event.at())
            .plain(event.kind())
            .plain(detail);
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private static List<Canary> recent(Connection connection, Instant since, int perPath)
      throws SQLException {
    String newest =
        CanaryRow.SELECT
            + "WHERE path = ? AND id >= ? AND scheduled_at >= ? ORDER BY path, id DESC LIMIT ?";
    List<Canary> found = new ArrayList<>();
    try (PreparedStatement next = connection.prepareStatement(NEXT_PATH);
        PreparedStatement select = connection.prepareStatement(newest)) {
      String oldest = CanaryId.floor(since.minus(ID_SLACK)).value();
      for (String path = pathAfter(next, ""); path != null; path = pathAfter(next, path)) {
        new Binder(select).plain(path).plain(oldest).at(since).number(perPath);
        try (ResultSet rows = select.executeQuery()) {
          while (rows.next()) {
            found.add(CanaryRow.read(rows));
          }
        }
      }
    }
    return found;
  }

  private static @Nullable String pathAfter(PreparedStatement next, String path)
      throws SQLException {
    new Binder(next).plain(path);
    try (ResultSet row = next.executeQuery()) {
      return row.next() ? row.getString(1) : null;
    }
  }

  private <T> List<T> read(String sql, Sql.Reading<T> reading, Sql.Binding binding) {
    return database.transaction(
        "canaries could not be read", connection -> Sql.read(connection, sql, binding, reading));
  }
}
