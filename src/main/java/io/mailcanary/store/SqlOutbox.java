package io.mailcanary.store;

import io.mailcanary.incident.Incident;
import io.mailcanary.incident.Notification;
import io.mailcanary.mail.Severity;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The outbox in SQL: the same statements on H2 and PostgreSQL.
public final class SqlOutbox implements Outbox {
  private static final String READ = "the outbox could not be read";
  private static final String WRITE = "the outbox could not be written";

  private static final String DUE =
      """
      SELECT DISTINCT channel FROM outbox
      WHERE state IN ('waiting', 'standing') AND next_at <= ?\
      """;

  /// What somebody else is just claiming is passed over. Of one incident nothing is claimed while
  /// something older waits, or is in somebody's hands.
  private static final String CLAIMABLE =
      """
      SELECT o.seq, o.notification, o.state, o.attempts, o.made_at, o.standing_until
      FROM outbox o
      WHERE o.channel = ? AND o.state IN ('waiting', 'standing') AND o.next_at <= ?
        AND (o.claimed_until IS NULL OR o.claimed_until <= ?)
        AND NOT EXISTS (
          SELECT 1 FROM outbox e
          WHERE e.incident = o.incident AND e.channel = o.channel AND e.seq < o.seq
            AND (e.state = 'waiting' OR e.claimed_until > ?))
      ORDER BY o.seq LIMIT ? FOR UPDATE SKIP LOCKED\
      """;

  private static final String CLAIM =
      "UPDATE outbox SET claimed_by = ?, claimed_until = ? WHERE seq = ?";

  private static final String FORMERLY =
      """
      SELECT DISTINCT severity FROM outbox
      WHERE incident = ? AND channel = ? AND seq < ? AND severity <> ? AND state <> 'muted'\
      """;

  private static final String RENEW =
      "UPDATE outbox SET claimed_until = ? WHERE seq = ? AND claimed_by = ?";

  /// What was overtaken by something newer while it was being sent is not to be said again.
  private static final String SENT =
      """
      UPDATE outbox SET
        state = CASE WHEN state = 'sent' THEN 'sent' ELSE ? END,
        attempts = attempts + ?, next_at = ?, standing_until = ?,
        done_at = COALESCE(done_at, ?), words = ?, claimed_by = NULL, claimed_until = NULL
      WHERE seq = ? AND claimed_by = ?\
      """;

  private static final String LATER =
      """
      UPDATE outbox SET attempts = attempts + ?, next_at = ?, words = ?,
        claimed_by = NULL, claimed_until = NULL
      WHERE seq = ? AND claimed_by = ?\
      """;

  private static final String FAILED =
      """
      UPDATE outbox SET state = CASE WHEN state = 'waiting' THEN 'failed' ELSE 'sent' END,
        attempts = attempts + 1, done_at = COALESCE(done_at, ?), words = ?,
        claimed_by = NULL, claimed_until = NULL
      WHERE seq = ? AND claimed_by = ?\
      """;

  private static final String FORGET =
      """
      UPDATE outbox SET state = CASE WHEN state = 'waiting' THEN 'failed' ELSE 'sent' END,
        done_at = COALESCE(done_at, ?), words = ?
      WHERE state IN ('waiting', 'standing') AND channel = ?\
      """;

  /// A route's channels all failed once none of them has it, or is still young.
  private static final String LET_DOWN =
      """
      SELECT DISTINCT o.notification, o.incident, o.severity, o.turn, o.otherwise FROM outbox o
      WHERE o.state IN ('waiting', 'failed') AND o.otherwise <> ''
        AND NOT EXISTS (
          SELECT 1 FROM outbox e
          WHERE e.notification = o.notification AND e.turn = o.turn
            AND (e.state IN ('sent', 'standing', 'muted')
              OR (e.state = 'waiting' AND e.made_at > ?)))\
      """;

  private static final String TELL =
      """
      INSERT INTO outbox (notification, incident, channel, severity, state, turn, otherwise, made_at,
        next_at, attempts, words)
      VALUES (?, ?, ?, ?, 'waiting', 0, '', ?, ?, 0, '') ON CONFLICT DO NOTHING\
      """;

  private static final String SPENT =
      "UPDATE outbox SET otherwise = '' WHERE notification = ? AND turn = ? AND otherwise <> ''";

  private static final String BACKLOG =
      """
      SELECT made_at, channel, words, (SELECT COUNT(*) FROM outbox WHERE state = 'waiting')
      FROM outbox WHERE state = 'waiting' ORDER BY made_at, seq LIMIT 1\
      """;

  private final Database database;

  public SqlOutbox(Database database) {
    this.database = database;
  }

  private record Row(
      long seq,
      String notification,
      String state,
      int attempts,
      Instant madeAt,
      Optional<Instant> until) {}

  private record LetDown(
      String notification, String incident, String severity, int turn, String otherwise) {}

  @Override
  public Set<String> due(Instant now) {
    return database.transaction(
        READ, c -> new TreeSet<>(Sql.read(c, DUE, b -> b.at(now), row -> row.getString(1))));
  }

  /// A commit shows before it is on the disk. Nothing is sent before the decision to send it is
  /// there: who claims waits for that.
  @Override
  public List<Claimed> claim(String owner, String channel, int most, Instant now, Duration lease) {
    List<Claimed> claimed = new ArrayList<>();
    database.durably(
        READ, c -> claimed.addAll(claim(c, owner, channel, most, now, now.plus(lease))));
    return claimed;
  }

  private static List<Claimed> claim(
      Connection connection, String owner, String channel, int most, Instant now, Instant until)
      throws SQLException {
    List<Row> rows =
        Sql.read(
            connection,
            CLAIMABLE,
            b -> b.text(channel).at(now).at(now).at(now).number(most),
            row ->
                new Row(
                    row.getLong(1),
                    row.getString(2),
                    row.getString(3),
                    row.getInt(4),
                    Nanos.instant(row.getLong(5)),
                    until(row.getLong(6), row.wasNull())));
    List<Claimed> claimed = new ArrayList<>();
    for (Row row : rows) {
      Sql.run(connection, CLAIM, b -> b.plain(owner).at(until).number(row.seq()));
      claimed.add(read(connection, channel, row));
    }
    return claimed;
  }

  private static Optional<Instant> until(long nanos, boolean absent) {
    return absent ? Optional.empty() : Optional.of(Nanos.instant(nanos));
  }

  private static Claimed read(Connection connection, String channel, Row row) throws SQLException {
    String document =
        Sql.read(
                connection,
                "SELECT document FROM notification WHERE id = ?",
                b -> b.plain(row.notification()),
                found -> found.getString(1))
            .getFirst();
    Notification notification = Documents.notification(document);
    return new Claimed(
        row.seq(),
        row.notification(),
        channel,
        row.state().equals("standing"),
        row.attempts(),
        row.madeAt(),
        row.until(),
        formerly(connection, channel, row.seq(), notification.incident()),
        notification);
  }

  private static Set<Severity> formerly(
      Connection connection, String channel, long seq, Incident incident) throws SQLException {
    return new HashSet<>(
        Sql.read(
            connection,
            FORMERLY,
            b -> b.plain(incident.id()).text(channel).number(seq).plain(incident.severity().word()),
            row -> Documents.severity(row.getString(1))));
  }

  @Override
  public void renew(String owner, Set<Long> seqs, Instant until) {
    if (seqs.isEmpty()) {
      return;
    }
    database.transaction(
        WRITE,
        c -> {
          for (long seq : seqs) {
            Sql.run(c, RENEW, b -> b.at(until).number(seq).plain(owner));
          }
          return true;
        });
  }

  @Override
  public void sent(
      String owner,
      Claimed claimed,
      Instant now,
      String words,
      Duration again,
      Optional<Instant> until) {
    Instant next = now.plus(again);
    Optional<Instant> end = claimed.until().or(() -> until);
    boolean stands = again.isPositive() && end.map(next::isBefore).orElse(true);
    database.durably(
        WRITE,
        c ->
            Sql.run(
                c,
                SENT,
                b ->
                    b.plain(stands ? "standing" : "sent")
                        .number(claimed.isRepeated() ? 0 : 1)
                        .at(next)
                        .at(end.orElse(null))
                        .at(now)
                        .text(words)
                        .number(claimed.seq())
                        .plain(owner)));
  }

  @Override
  public void later(String owner, Claimed claimed, Instant next, String words) {
    database.transaction(
        WRITE,
        c ->
            Sql.run(
                c,
                LATER,
                b ->
                    b.number(claimed.isRepeated() ? 0 : 1)
                        .at(next)
                        .text(words)
                        .number(claimed.seq())
                        .plain(owner)));
  }

  @Override
  public void failed(String owner, Claimed claimed, Instant now, String words) {
    database.durably(
        WRITE,
        c -> Sql.run(c, FAILED, b -> b.at(now).text(words).number(claimed.seq()).plain(owner)));
  }

  @Override
  public int forget(Set<String> channels, Instant now) {
    return database.transaction(
        WRITE,
        c -> {
          List<String> used =
              Sql.read(
                  c,
                  "SELECT DISTINCT channel FROM outbox WHERE state IN ('waiting', 'standing')",
                  b -> {},
                  row -> row.getString(1));
          int count = 0;
          for (String channel : used) {
            if (!channels.contains(channel)) {
              count +=
                  Sql.run(
                      c,
                      FORGET,
                      b -> b.at(now).text("the probe files have no such channel").text(channel));
            }
          }
          return count;
        });
  }

  @Override
  public List<String> fallBack(Instant impatient, Instant now) {
    return database.transaction(WRITE, c -> fallBack(c, impatient, now));
  }

  private static List<String> fallBack(Connection connection, Instant impatient, Instant now)
      throws SQLException {
    List<LetDown> all =
        Sql.read(
            connection,
            LET_DOWN,
            b -> b.at(impatient),
            row ->
                new LetDown(
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getInt(4),
                    row.getString(5)));
    Set<String> told = new HashSet<>();
    for (LetDown one : all) {
      for (String channel : one.otherwise().split(",", -1)) {
        Sql.run(
            connection,
            TELL,
            b ->
                b.plain(one.notification())
                    .plain(one.incident())
                    .text(channel)
                    .plain(one.severity())
                    .at(now)
                    .at(now));
        told.add(channel);
      }
      Sql.run(connection, SPENT, b -> b.plain(one.notification()).number(one.turn()));
    }
    return List.copyOf(new TreeSet<>(told));
  }

  @Override
  public void release() {
    database.transaction(
        WRITE,
        c ->
            Sql.run(
                c,
                "UPDATE outbox SET claimed_by = NULL, claimed_until = NULL WHERE claimed_by IS NOT"
                    + " NULL",
                b -> {}));
  }

  @Override
  public Optional<Backlog> backlog() {
    return database.transaction(
        READ,
        c ->
            Sql.read(
                    c,
                    BACKLOG,
                    b -> {},
                    row ->
                        new Backlog(
                            row.getLong(4),
                            Nanos.instant(row.getLong(1)),
                            row.getString(2),
                            row.getString(3)))
                .stream()
                .findFirst());
  }
}
