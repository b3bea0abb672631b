package io.mailcanary.store;

import io.mailcanary.incident.Incident;
import io.mailcanary.incident.IncidentState;
import io.mailcanary.incident.Notification;
import io.mailcanary.incident.Notification.Event;
import io.mailcanary.incident.Silence;
import io.mailcanary.store.IncidentEntry.Telling;
import io.mailcanary.store.IncidentEntry.Turn;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Incidents in SQL: the same statements on H2 and PostgreSQL.
public final class SqlIncidentStore implements IncidentStore {
  private static final String READ = "incidents could not be read";
  private static final String WRITE = "an incident could not be put on record";
  private static final int STEP = 500;

  private static final String INSERT =
      """
      INSERT INTO incident (id, dedup_key, open_key, state, severity, opened_at, resolved_at,
        document)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING\
      """;

  private static final String UPDATE =
      """
      UPDATE incident SET open_key = ?, state = ?, severity = ?, opened_at = ?, resolved_at = ?,
        document = ?
      WHERE id = ?\
      """;

  private static final String TO_TELL =
      """
      INSERT INTO outbox (notification, incident, channel, severity, state, turn, otherwise, made_at,
        next_at, attempts, done_at, words)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?) ON CONFLICT DO NOTHING\
      """;

  /// Whoever is told something new need not hear the old again.
  private static final String STAND_DOWN =
      """
      UPDATE outbox SET state = 'sent', done_at = ?
      WHERE incident = ? AND channel = ? AND state = 'standing'\
      """;

  private static final String TOLD_BEFORE =
      "SELECT DISTINCT channel FROM outbox WHERE incident = ? AND state <> 'muted' ORDER BY channel";

  private final Database database;

  public SqlIncidentStore(Database database) {
    this.database = database;
  }

  @Override
  public boolean write(IncidentEntry entry) {
    AtomicBoolean done = new AtomicBoolean();
    database.durably(
        WRITE,
        connection -> {
          // First of all: it makes those who write of one incident wait for one another.
          done.set(put(connection, entry));
          if (done.get()) {
            step(connection, entry);
            if (entry.telling().isPresent()) {
              tell(connection, entry, entry.telling().get());
            }
          }
          return true;
        });
    return done.get();
  }

  private static boolean put(Connection connection, IncidentEntry entry) throws SQLException {
    Incident incident = entry.incident();
    Incident before = entry.before();
    String document = Documents.text(incident);
    String openKey = incident.isOpen() ? incident.dedupKey() : null;
    if (before == null) {
      return Sql.run(
              connection,
              INSERT,
              b ->
                  b.plain(incident.id())
                      .text(incident.dedupKey())
                      .text(openKey)
                      .plain(incident.state().word())
                      .plain(incident.severity().word())
                      .at(incident.openedAt())
                      .at(incident.resolvedAt())
                      .plain(document))
          == 1;
    }
    if (!isStill(connection, before)) {
      return false;
    }
    return Sql.run(
            connection,
            UPDATE,
            b ->
                b.text(openKey)
                    .plain(incident.state().word())
                    .plain(incident.severity().word())
                    .at(incident.openedAt())
                    .at(incident.resolvedAt())
                    .plain(document)
                    .plain(incident.id()))
        == 1;
  }

  /// Whether it is on record as it was known; then nobody else changes it before we have.
  private static boolean isStill(Connection connection, Incident before) throws SQLException {
    return Sql.read(
            connection,
            "SELECT document FROM incident WHERE id = ? FOR UPDATE",
            b -> b.plain(before.id()),
            row -> Documents.incident(row.getString(1)))
        .equals(List.of(before));
  }

  private static void step(Connection connection, IncidentEntry entry) throws SQLException {
    Sql.run(
        connection,
        "INSERT INTO incident_event (incident, happened_at, kind, reason) VALUES (?, ?, ?, ?)",
        b ->
            b.plain(entry.incident().id()).at(entry.at()).plain(entry.kind()).text(entry.reason()));
  }

  private static void tell(Connection connection, IncidentEntry entry, Telling telling)
      throws SQLException {
    Notification notification = telling.notification();
    String id = UUID.randomUUID().toString();
    String incident = entry.incident().id();
    Sql.run(
        connection,
        "INSERT INTO notification (id, incident, event, made_at, document) VALUES (?, ?, ?, ?, ?)",
        b ->
            b.plain(id)
                .plain(incident)
                .plain(notification.event().word())
                .at(entry.at())
                .plain(Documents.text(notification)));
    ToTell toTell = new ToTell(connection, id, entry.incident(), entry.at());
    if (isForAllWhoWereTold(notification.event())) {
      for (String channel : toldBefore(connection, incident)) {
        toTell.add(channel, 0, List.of(), Optional.empty());
      }
      if (telling.mutedBy().isEmpty()) {
        return;
      }
    }
    int number = 1;
    for (Turn turn : telling.turns()) {
      for (String channel : turn.to()) {
        toTell.add(channel, number, turn.then(), telling.mutedBy());
      }
      number++;
    }
  }

  private static boolean isForAllWhoWereTold(Event event) {
    return switch (event) {
      case ACKNOWLEDGED, RESOLVED -> true;
      case OPENED, UPDATED, REMINDER -> false;
    };
  }

  private static Set<String> toldBefore(Connection connection, String incident)
      throws SQLException {
    return new LinkedHashSet<>(
        Sql.read(connection, TOLD_BEFORE, b -> b.plain(incident), row -> row.getString(1)));
  }

  /// Adds the rows of one notification.
  private record ToTell(Connection connection, String notification, Incident incident, Instant at) {
    void add(String channel, int turn, List<String> then, Optional<String> mutedBy)
        throws SQLException {
      boolean muted = mutedBy.isPresent();
      if (!muted) {
        Sql.run(connection, STAND_DOWN, b -> b.at(at).plain(incident.id()).text(channel));
      }
      Sql.run(
          connection,
          TO_TELL,
          b ->
              b.plain(notification)
                  .plain(incident.id())
                  .text(channel)
                  .plain(incident.severity().word())
                  .plain(muted ? "muted" : "waiting")
                  .number(turn)
                  .text(String.join(",", then))
                  .at(at)
                  .at(at)
                  .at(muted ? at : null)
                  .text(mutedBy.orElse("")));
    }
  }

  @Override
  public Optional<Incident> find(String id) {
    return incidents("WHERE id = ?", b -> b.text(id)).stream().findFirst();
  }

  @Override
  public List<Incident> open() {
    return incidents("WHERE open_key IS NOT NULL ORDER BY id", b -> {});
  }

  @Override
  public List<Incident> page(@Nullable IncidentState state, @Nullable String before, int limit) {
    String where =
        "WHERE 1 = 1"
            + (state == null ? "" : " AND state = ?")
            + (before == null ? "" : " AND id < ?")
            + " ORDER BY id DESC LIMIT ?";
    return incidents(
        where,
        b -> {
          if (state != null) {
            b.plain(state.word());
          }
          if (before != null) {
            b.text(before);
          }
          b.number(limit);
        });
  }

  private List<Incident> incidents(String where, Sql.Binding binding) {
    return database.transaction(
        READ,
        c ->
            Sql.read(
                c,
                "SELECT document FROM incident " + where,
                binding,
                row -> Documents.incident(row.getString(1))));
  }

  @Override
  public List<IncidentStep> steps(String id) {
    return database.transaction(
        READ,
        c ->
            Sql.read(
                c,
                "SELECT happened_at, kind, reason FROM incident_event WHERE incident = ? ORDER BY"
                    + " seq",
                b -> b.text(id),
                row ->
                    new IncidentStep(
                        Nanos.instant(row.getLong(1)), row.getString(2), row.getString(3))));
  }

  @Override
  public List<Told> told(String id) {
    String sql =
        """
        SELECT o.notification, n.event, o.channel, o.state, o.made_at, o.attempts, o.words
        FROM outbox o JOIN notification n ON n.id = o.notification
        WHERE o.incident = ? ORDER BY o.seq\
        """;
    return database.transaction(
        READ,
        c ->
            Sql.read(
                c,
                sql,
                b -> b.text(id),
                row ->
                    new Told(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        Nanos.instant(row.getLong(5)),
                        row.getInt(6),
                        row.getString(7))));
  }

  @Override
  public Map<Count, Long> counts() {
    Map<Count, Long> counts = new HashMap<>();
    database.transaction(
        READ,
        c ->
            Sql.read(
                c,
                "SELECT severity, state, COUNT(*) FROM incident GROUP BY severity, state",
                b -> {},
                row ->
                    counts.put(
                        new Count(
                            Documents.severity(row.getString(1)),
                            IncidentState.of(row.getString(2))),
                        row.getLong(3))));
    return Map.copyOf(counts);
  }

  @Override
  public List<Silence> silences(Instant now) {
    return database.transaction(
        "silences could not be read",
        c ->
            Sql.read(
                c,
                "SELECT document FROM silence WHERE ends_at > ? ORDER BY starts_at, id",
                b -> b.at(now),
                row -> Documents.silence(row.getString(1))));
  }

  @Override
  public void put(Silence silence) {
    database.durably(
        "the silence could not be put on record",
        c -> {
          Sql.run(c, "DELETE FROM silence WHERE id = ?", b -> b.plain(silence.id()));
          return Sql.run(
              c,
              "INSERT INTO silence (id, starts_at, ends_at, document) VALUES (?, ?, ?, ?)",
              b ->
                  b.plain(silence.id())
                      .at(silence.from())
                      .at(silence.to())
                      .plain(Documents.text(silence)));
        });
  }

  @Override
  public boolean removeSilence(String id) {
    AtomicBoolean found = new AtomicBoolean();
    database.durably(
        "the silence could not be removed",
        c -> {
          found.set(Sql.run(c, "DELETE FROM silence WHERE id = ?", b -> b.text(id)) > 0);
          return true;
        });
    return found.get();
  }

  @Override
  public void tidy(Instant now, Duration keep) {
    Instant limit = now.minus(keep);
    boolean more = true;
    while (more) {
      more = database.transaction("old incidents could not be removed", c -> remove(c, limit));
    }
  }

  private static boolean remove(Connection connection, Instant limit) throws SQLException {
    List<String> old =
        Sql.read(
            connection,
            "SELECT id FROM incident WHERE resolved_at < ? ORDER BY resolved_at LIMIT " + STEP,
            b -> b.at(limit),
            row -> row.getString(1));
    for (String id : old) {
      Sql.run(connection, "DELETE FROM outbox WHERE incident = ?", b -> b.plain(id));
      Sql.run(connection, "DELETE FROM notification WHERE incident = ?", b -> b.plain(id));
      Sql.run(connection, "DELETE FROM incident_event WHERE incident = ?", b -> b.plain(id));
      Sql.run(connection, "DELETE FROM incident WHERE id = ?", b -> b.plain(id));
    }
    Sql.run(connection, "DELETE FROM silence WHERE ends_at < ?", b -> b.at(limit));
    return old.size() == STEP;
  }
}
