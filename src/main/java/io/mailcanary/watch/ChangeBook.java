package io.mailcanary.watch;

import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.RecordType;
import io.mailcanary.dns.Snapshot;
import io.mailcanary.dns.SnapshotDifference;
import io.mailcanary.mail.Severity;
import io.mailcanary.verdict.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/// Makes changes of what servers say: each server's word is compared with its own before, and
/// believed when a second server says the same or the same one says it twice.
///
/// A change at a server that stands alone among several weighs less, until another follows. What
/// was not answered changes nothing. Answers that go round among a few sets of addresses are no
/// change. Not safe for threads.
final class ChangeBook {
  /// Two sightings further apart than this don't confirm one another.
  static final Duration CONFIRMED_WITHIN = Duration.ofMinutes(2);

  /// A second server that follows later than this makes a change of its own.
  private static final Duration FOLLOWS_WITHIN = Duration.ofHours(2);

  /// A set of addresses that stood there less than this ago goes round.
  private static final Duration ROUND = Duration.ofHours(1);

  private static final int MOST_SETS = 16;
  private static final int TURNS = 4;

  private final Supplier<String> ids;
  private final Map<DnsName, Map<String, Snapshot>> known = new HashMap<>();
  private final Map<Key, Open> open = new LinkedHashMap<>();
  private final Map<Place, Round> sets = new HashMap<>();

  /// What became different, whoever says so.
  private record Key(DnsName name, RecordType type, String after) {}

  private record Place(DnsName name, RecordType type, String server) {}

  /// The sets of addresses that one server handed out of late, and when it passed to another.
  private static final class Round {
    private final Map<SortedSet<String>, Instant> seen = new LinkedHashMap<>();
    private final Deque<Instant> turns = new ArrayDeque<>();
    private SortedSet<String> now = new TreeSet<>();

    void see(SortedSet<String> texts, Instant at) {
      if (!texts.equals(now)) {
        now = texts;
        turns.addLast(at);
      }
      seen.put(texts, at);
      seen.values().removeIf(last -> last.plus(ROUND).isBefore(at));
      turns.removeIf(turn -> turn.plus(ROUND).isBefore(at));
      while (seen.size() > MOST_SETS || turns.size() > MOST_SETS) {
        seen.remove(seen.keySet().iterator().next());
        turns.pollFirst();
      }
    }

    boolean goesTo(SortedSet<String> texts) {
      return turns.size() >= TURNS && seen.containsKey(texts);
    }
  }

  /// A difference that somebody has seen.
  private static final class Open {
    private final SnapshotDifference difference;
    private final Instant first;
    private final Map<String, Integer> sightings = new TreeMap<>();
    private final Map<String, Long> serials = new TreeMap<>();
    private Instant last;
    private Optional<Change> told = Optional.empty();

    Open(SnapshotDifference difference, Instant first) {
      this.difference = difference;
      this.first = first;
      this.last = first;
    }
  }

  /// What is known after one look at a name.
  ///
  /// @param changes new ones, and newer versions of those told before
  /// @param accepted what the servers are taken to say from now on, as far as it became different
  /// @param doubtful whether it should be asked again soon
  /// @param settled whether all of it is what the servers are taken to say
  record Outcome(
      List<Change> changes, List<Snapshot> accepted, boolean doubtful, boolean settled) {}

  ChangeBook(Supplier<String> ids) {
    this.ids = ids;
  }

  /// What was on record when we began.
  void recall(Collection<Snapshot> snapshots) {
    snapshots.forEach(this::accept);
  }

  /// Forgets names that are not watched any more.
  void keepOnly(Collection<DnsName> names) {
    known.keySet().retainAll(names);
    open.keySet().removeIf(key -> !names.contains(key.name()));
    sets.keySet().removeIf(place -> !names.contains(place.name()));
  }

  /// Takes in what the servers of a zone say of one name.
  ///
  /// @param seen one for each server that answered
  /// @param most how much a change of this name weighs at most
  Outcome see(DnsName name, Collection<Snapshot> seen, Severity most, Instant now) {
    List<Snapshot> accepted = new ArrayList<>();
    expire(name, now);
    for (Snapshot snapshot : seen) {
      Snapshot before = known.getOrDefault(name, Map.of()).get(snapshot.server());
      if (before == null) {
        accept(snapshot);
        accepted.add(snapshot);
        remember(snapshot, now);
      } else {
        compare(before, snapshot, now, accepted);
      }
    }
    List<Change> changes = new ArrayList<>();
    boolean doubtful = false;
    for (Map.Entry<Key, Open> entry : open.entrySet()) {
      if (entry.getKey().name().equals(name)) {
        Optional<Change> change = judge(entry.getValue(), seen.size(), most, now);
        change.ifPresent(changes::add);
        doubtful |= entry.getValue().told.isEmpty();
      }
    }
    settle(name, seen, accepted);
    return new Outcome(changes, accepted, doubtful, seen.stream().allMatch(this::isKnown));
  }

  private boolean isKnown(Snapshot snapshot) {
    Snapshot before = known.getOrDefault(snapshot.name(), Map.of()).get(snapshot.server());
    return before != null && snapshot.over(before).saysTheSameAs(before);
  }

  private void compare(Snapshot before, Snapshot now, Instant at, List<Snapshot> accepted) {
    List<SnapshotDifference> differences = SnapshotDifference.between(before, now);
    List<Key> keys = new ArrayList<>();
    for (SnapshotDifference difference : differences) {
      if (goesRound(difference, now.server())) {
        continue;
      }
      Key key = key(difference);
      keys.add(key);
      Open one = open.computeIfAbsent(key, _ -> new Open(difference, at));
      one.sightings.merge(now.server(), 1, Integer::sum);
      one.last = at;
      now.serial().ifPresent(serial -> one.serials.put(now.server(), serial));
    }
    supersede(now.name(), keys, now.server());
    // What this server has taken back before anybody else said so was none.
    open.forEach((key, one) -> {
      if (key.name().equals(now.name()) && !keys.contains(key) && one.told.isEmpty()) {
        one.sightings.remove(now.server());
      }
    });
    open.values().removeIf(one -> one.sightings.isEmpty());
    remember(now, at);
    if (differences.isEmpty() && !now.over(before).saysTheSameAs(before)) {
      Snapshot merged = now.over(before);
      accept(merged);
      accepted.add(merged);
    }
  }

  /// What was told is over where the same server tells something else of the same records since:
  /// should it come again, it is told again.
  private void supersede(DnsName name, List<Key> keys, String server) {
    open.entrySet()
        .removeIf(entry ->
            entry.getValue().told.isPresent()
                && entry.getKey().name().equals(name)
                && !keys.contains(entry.getKey())
                && entry.getValue().sightings.containsKey(server)
                && keys.stream().anyMatch(key -> key.type() == entry.getKey().type()));
  }

  private static Key key(SnapshotDifference difference) {
    return new Key(
        difference.name(),
        difference.type(),
        difference.kind() == SnapshotDifference.Kind.TYPES_CHANGED
            ? difference.kind() + difference.sentence()
            : difference.after().toString());
  }

  /// A load balancer hands out a few addresses at a time.
  private boolean goesRound(SnapshotDifference difference, String server) {
    Round round = sets.get(new Place(difference.name(), difference.type(), server));
    return round != null && round.goesTo(difference.after());
  }

  private void remember(Snapshot snapshot, Instant now) {
    snapshot
        .contents()
        .forEach((type, content) -> {
          if (type.isAddress()
              && content instanceof Snapshot.Content.Present(SortedSet<String> texts)) {
            sets.computeIfAbsent(
                    new Place(snapshot.name(), type, snapshot.server()), _ -> new Round())
                .see(texts, now);
          }
        });
  }

  private Optional<Change> judge(Open one, int answering, Severity most, Instant now) {
    boolean byTwo = one.sightings.size() >= 2;
    boolean twice = one.sightings.values().stream().anyMatch(times -> times >= 2);
    if (!byTwo && !twice) {
      return Optional.empty();
    }
    Severity severity = least(one.difference.severity(), most);
    if (!byTwo && answering > 1) {
      severity = least(severity, Severity.WARN);
    }
    List<Change.Seen> servers =
        one.sightings.keySet().stream()
            .map(server -> new Change.Seen(server, one.serials.getOrDefault(server, 0L)))
            .toList();
    Change change =
        new Change(
            one.told.map(Change::id).orElseGet(ids),
            Change.Kind.RECORD,
            severity,
            one.first,
            one.told.map(Change::noticedAt).orElse(now),
            one.difference.name().text(),
            one.difference.type().name(),
            one.difference.sentence(),
            "",
            List.copyOf(one.difference.before()),
            List.copyOf(one.difference.after()),
            servers);
    boolean news =
        one.told.isEmpty()
            || one.told.get().severity() != severity
            || one.told.get().servers().size() != servers.size();
    one.told = news ? Optional.of(change) : one.told;
    return news ? Optional.of(change) : Optional.empty();
  }

  private static Severity least(Severity one, Severity other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /// What was told is what those servers say from now on.
  private void settle(DnsName name, Collection<Snapshot> seen, List<Snapshot> accepted) {
    for (Snapshot snapshot : seen) {
      Snapshot before = known.getOrDefault(name, Map.of()).get(snapshot.server());
      if (before == null) {
        continue;
      }
      List<SnapshotDifference> left =
          SnapshotDifference.between(before, snapshot).stream()
              .filter(difference -> {
                Open one = open.get(key(difference));
                return one == null || one.told.isEmpty();
              })
              .toList();
      List<SnapshotDifference> all = SnapshotDifference.between(before, snapshot);
      if (!all.isEmpty() && left.isEmpty()) {
        Snapshot merged = snapshot.over(before);
        accept(merged);
        accepted.add(merged);
      }
    }
  }

  private void expire(DnsName name, Instant now) {
    for (Iterator<Map.Entry<Key, Open>> all = open.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<Key, Open> entry = all.next();
      if (entry.getKey().name().equals(name)) {
        Open one = entry.getValue();
        Duration limit = one.told.isEmpty() ? CONFIRMED_WITHIN : FOLLOWS_WITHIN;
        if (one.last.plus(limit).isBefore(now)) {
          all.remove();
        }
      }
    }
  }

  private void accept(Snapshot snapshot) {
    known
        .computeIfAbsent(snapshot.name(), _ -> new HashMap<>())
        .merge(snapshot.server(), snapshot, (before, after) -> after.over(before));
  }
}
