package io.mailcanary.store;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryLifecycle;
import io.mailcanary.canary.CanaryState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Canaries of which several replicas write. None of them knows what the others saw, so each event
/// is applied to what stands on record, under a lock on its row. Rows are locked in the order of
/// their ids, so that writers never wait for one another in a circle.
final class SharedCanaries {
  private static final String LOCK = CanaryRow.SELECT_SHARED + "WHERE id = ? FOR UPDATE";
  private static final String FACTS = "SELECT fingerprint FROM canary_event WHERE canary = ?";
  private static final String TAKE_OVER = "UPDATE canary SET owner = ?, shared = TRUE WHERE id = ?";

  private final String self;

  SharedCanaries(String self) {
    this.self = self;
  }

  record Row(Canary canary, String owner) {}

  /// @param entries the changes that came of it, for their events
  /// @param refused whether an attempt may not begin
  private record Merged(Canary canary, List<JournalEntry> entries, boolean refused) {}

  /// What came of it, and what is to go on record as events.
  record Outcome(Differences differences, List<JournalEntry> entries) {}

  /// Applies the events of these entries to their canaries.
  Outcome merge(Connection connection, List<JournalEntry> entries) throws SQLException {
    Map<CanaryId, List<JournalEntry>> byCanary =
        entries.stream()
            .collect(
                Collectors.groupingBy(
                    entry -> entry.canary().id(), TreeMap::new, Collectors.toList()));
    List<Canary> canaries = new ArrayList<>();
    Set<CanaryId> refused = new HashSet<>();
    List<JournalEntry> kept = new ArrayList<>();
    for (List<JournalEntry> ofOne : byCanary.values()) {
      CanaryId id = ofOne.getFirst().canary().id();
      for (Row row : lock(connection, id)) {
        Merged merged = merged(row, facts(connection, id), ofOne);
        if (!merged.canary().equals(row.canary())) {
          update(connection, merged.canary());
        }
        canaries.add(merged.canary());
        kept.addAll(merged.entries());
        if (merged.refused()) {
          refused.add(id);
        }
      }
    }
    return new Outcome(new Differences(canaries, refused), kept);
  }

  private static List<Row> lock(Connection connection, CanaryId id) throws SQLException {
    return Sql.read(connection, LOCK, binder -> binder.plain(id.value()), CanaryRow::readShared);
  }

  private static Set<Long> facts(Connection connection, CanaryId id) throws SQLException {
    return new HashSet<>(
        Sql.read(connection, FACTS, binder -> binder.plain(id.value()), row -> row.getLong(1)));
  }

  private static void update(Connection connection, Canary canary) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(CanaryRow.UPDATE_SHARED)) {
      CanaryRow.bindUpdateShared(update, canary);
      update.executeUpdate();
    }
  }

  private Merged merged(Row row, Set<Long> facts, List<JournalEntry> entries) {
    Canary canary = row.canary();
    List<JournalEntry> kept = new ArrayList<>();
    boolean refused = false;
    for (JournalEntry entry : entries) {
      CanaryEvent event = entry.event();
      if (!facts.add(EventDetail.fingerprint(event, EventDetail.text(event)))) {
        continue;
      }
      if (event instanceof CanaryEvent.AttemptStarted && !(isOurs(row) && mayBeTried(canary))) {
        refused = true;
        continue;
      }
      // The attempt that it starts is counted by itself.
      Canary known =
          event instanceof CanaryEvent.AttemptStarted ? canary : canary.alsoTried(entry.canary());
      Canary next = CanaryLifecycle.next(known, event);
      if (!next.equals(canary) || !isConclusion(event)) {
        kept.add(new JournalEntry(next, event));
      }
      canary = next;
    }
    return new Merged(canary, kept, refused);
  }

  private boolean isOurs(Row row) {
    return isAlone() || row.owner().equals(self);
  }

  /// Whether nobody else can write, so that all is ours, whoever made it.
  boolean isAlone() {
    return self.isEmpty();
  }

  private static boolean mayBeTried(Canary canary) {
    return canary.state() instanceof CanaryState.Pending
        || (canary.state() instanceof CanaryState.Deferred(var next, boolean attempting)
            && next != null
            && !attempting);
  }

  /// Whether it is a conclusion of our own, which is not worth telling twice.
  private static boolean isConclusion(CanaryEvent event) {
    return event instanceof CanaryEvent.Checked
        || event instanceof CanaryEvent.Recovered
        || event instanceof CanaryEvent.Authenticated;
  }

  /// Makes open canaries of a site ours, unless one of these replicas takes care of them.
  ///
  /// @param unowned whether those of versions that did not say whose they are come along
  /// @return those, oldest first
  List<Canary> takeOver(
      Connection connection, String site, Collection<String> living, boolean unowned, int most)
      throws SQLException {
    List<String> others = Stream.concat(living.stream(), Stream.of(self)).distinct().toList();
    String orphaned =
        "owner NOT IN ("
            + "?, ".repeat(others.size() - 1)
            + "?)"
            + (unowned ? " OR owner IS NULL" : "");
    List<Canary> orphans =
        Sql.read(
            connection,
            CanaryRow.SELECT
                + "WHERE NOT settled AND site = ? AND ("
                + orphaned
                + ") ORDER BY id LIMIT ? FOR UPDATE",
            binder -> {
              binder.text(site);
              for (String other : others) {
                binder.plain(other);
              }
              binder.number(most);
            },
            CanaryRow::read);
    try (PreparedStatement update = connection.prepareStatement(TAKE_OVER)) {
      for (Canary orphan : orphans) {
        new Binder(update).plain(self).plain(orphan.id().value());
        update.addBatch();
      }
      update.executeBatch();
    }
    return orphans;
  }

  /// The open canaries that are ours.
  List<CanaryId> ours(Connection connection) throws SQLException {
    return Sql.read(
        connection,
        "SELECT id FROM canary WHERE NOT settled AND owner = ?",
        binder -> binder.plain(self),
        row -> new CanaryId(row.getString(1)));
  }
}
