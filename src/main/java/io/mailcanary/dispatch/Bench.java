package io.mailcanary.dispatch;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.Cause;
import io.mailcanary.incident.Incident;
import io.mailcanary.incident.IncidentRules;
import io.mailcanary.incident.IncidentState;
import io.mailcanary.incident.Outcome;
import io.mailcanary.path.MailPath;
import io.mailcanary.runtime.Part;
import io.mailcanary.runtime.Plan;
import io.mailcanary.store.LatestNews;
import io.mailcanary.verdict.Change;
import io.mailcanary.verdict.Health;
import io.mailcanary.verdict.Words;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The rules while this replica judges, and all that they are told: what is on record when it
/// begins, what happens here, and what other replicas put on record.
final class Bench {
  private static final String MAILBOX = "mailbox:";
  private static final Duration ELSEWHERE = Duration.ofSeconds(1);

  /// Entries may become visible so much later than those with a later place.
  private static final Duration STRAGGLING = Duration.ofSeconds(10);

  private static final int MOST_ENDED = 200;
  private static final int MOST_CHANGES = 1_000;
  private static final int MOST_REMEMBERED = 10_000;
  private static final int NEWEST_CHANGES = 50;
  private static final int MOST_AT_ONCE = 20_000;

  final IncidentRules rules;
  private final IncidentDesk.Ports ports;
  private final Map<String, TreeSet<String>> legs = new TreeMap<>();
  private final Map<String, Boolean> seeing = new HashMap<>();
  private final Deque<Read> read = new ArrayDeque<>();
  private final Set<String> changes = new HashSet<>();
  private Plan plan;
  private Set<String> paused = Set.of();
  private Instant sharedUntil;
  private Instant elsewhereAt;
  private long lookedAt = -1;

  /// How far the entries of others had been read then.
  private record Read(Instant at, long upTo) {}

  Bench(IncidentDesk.Ports ports, Plan plan, Instant now) {
    this.ports = ports;
    this.plan = plan;
    this.rules = new IncidentRules(plan.paging().rules());
    this.sharedUntil = now;
    this.elsewhereAt = now.minus(ELSEWHERE);
  }

  /// Takes over what is on record: what became of canaries tells the rules again what they knew,
  /// and what is open goes on from there.
  void begin(List<Incident> open, Instant now) {
    read.add(new Read(now, ports.latest().place()));
    watch(plan, now);
    tellChanges(MOST_CHANGES, now);
    ports.incidents().page(IncidentState.RESOLVED, null, MOST_ENDED).stream()
        .sorted(Comparator.comparing(Bench::end))
        .forEach(rules::remember);
    new Past(ports, plan, open).canaries(now).forEach(this::recall);
    open.stream().sorted(Comparator.comparing(Incident::openedAt)).forEach(rules::restore);
    ports.findings().get().forEach((source, found) -> rules.findings(source, found, now));
  }

  private static Instant end(Incident incident) {
    Instant at = incident.resolvedAt();
    return at == null ? Instant.MAX : at;
  }

  /// A canary of before, first as it stood when somebody held it up.
  private void recall(Past.Known known) {
    Canary canary = known.canary();
    LatestNews.Said said = known.said();
    MailPath path = plan.paths().get(canary.path());
    if (path == null) {
      return;
    }
    String part = path.part(canary.leg(), canary.site());
    learnLeg(canary.path(), part, canary.start());
    if (canary.arrival() != null && said != null) {
      rules.note(
          Outcome.heldUp(canary, said.cause(), said.words(), Words.speaker(said.words()), said.at())
              .on(part));
    }
    String words = canary.arrival() == null && said != null ? said.words() : "";
    rules.note(
        Outcome.of(canary, path.expect(), words, Words.speaker(words), knownAt(canary)).on(part));
  }

  private static Instant knownAt(Canary canary) {
    return canary.arrival() == null ? canary.start() : canary.arrival().bookedAt();
  }

  private String said(Canary canary) {
    if (canary.arrival() != null) {
      return "";
    }
    String words = ports.words().apply(canary);
    return words.isEmpty() ? ports.latest().words(canary.id()) : words;
  }

  /// Works by these probe files from now on.
  void watch(Plan next, Instant now) {
    plan = next;
    legs.keySet().retainAll(plan.paths().keySet());
    rules.watch(Paths.legs(plan, legs, paused), now);
  }

  /// A canary of ours stands so. While others send, too, all is taken from the record, in its
  /// order: what is older than the newest that is known would not count.
  void hear(Canary canary, String words, Instant at) {
    if (!sharedUntil.isAfter(at)) {
      note(canary, words, at);
    }
  }

  private void note(Canary canary, String words, Instant at) {
    MailPath path = plan.paths().get(canary.path());
    if (path == null) {
      learnLeg(canary.path(), canary.leg(), at);
    } else {
      String part = path.part(canary.leg(), canary.site());
      learnLeg(canary.path(), part, at);
      boolean refused = canary.arrival() == null;
      String said = refused ? words : "";
      rules.note(Outcome.of(canary, path.expect(), said, Words.speaker(said), at).on(part));
    }
  }

  private void learnLeg(String path, String part, Instant now) {
    Set<String> known = legs.computeIfAbsent(path, _ -> new TreeSet<>());
    if (known.add(part) && !part.isEmpty()) {
      watch(plan, now);
    }
  }

  private String part(Canary canary) {
    MailPath path = plan.paths().get(canary.path());
    return path == null ? canary.leg() : path.part(canary.leg(), canary.site());
  }

  /// Somebody took an incident on, wherever they did.
  void learn(Incident incident) {
    Instant at = incident.acknowledgedAt();
    if (incident.state() == IncidentState.ACKNOWLEDGED && at != null) {
      String said = incident.timeline().getLast().text();
      var _ = rules.acknowledge(incident.id(), who(said), at);
    }
  }

  private static String who(String said) {
    String by = "acknowledged by ";
    return said.startsWith(by) ? said.substring(by.length()) : "";
  }

  /// Looks at what nobody tells: which mailboxes can be seen, which paths are paused, and what
  /// other replicas put on record.
  void look(Instant now) {
    lookAtBoard(now);
    if (elsewhereAt.plus(ELSEWHERE).isAfter(now)) {
      return;
    }
    elsewhereAt = now;
    if (!ports.alone().getAsBoolean()) {
      sharedUntil = now.plus(ELSEWHERE.multipliedBy(2));
    }
    // What we did not heed ourselves may come on record late, too.
    if (sharedUntil.plus(STRAGGLING).isAfter(now)) {
      lookElsewhere(now);
      tellChanges(NEWEST_CHANGES, now);
    }
  }

  private void lookAtBoard(Instant now) {
    long revision = ports.board().revision();
    if (revision == lookedAt) {
      return;
    }
    lookedAt = revision;
    ports.board().parts().stream()
        .filter(part -> part.name().startsWith(MAILBOX))
        .forEach(part -> see(part, now));
    Set<String> pausedNow = new HashSet<>();
    ports.board().paths().stream()
        .filter(view -> view.health().health() == Health.PAUSED)
        .forEach(view -> pausedNow.add(view.name()));
    if (!pausedNow.equals(paused)) {
      paused = pausedNow;
      watch(plan, now);
    }
  }

  private void see(Part part, Instant now) {
    Boolean before = seeing.put(part.name(), part.ok());
    if (before == null || before != part.ok()) {
      rules.sight(
          part.name().substring(MAILBOX.length()),
          part.ok() ? Optional.empty() : Optional.of(part.reason()),
          part.ok() ? now : part.since());
    }
  }

  /// What was noted before changes nothing. How long one took does not depend on when we read it.
  private void lookElsewhere(Instant now) {
    while (read.size() > 1 && !read.getFirst().at().plus(STRAGGLING).isAfter(now)) {
      read.removeFirst();
    }
    LatestNews.Page page = ports.latest().after(read.getFirst().upTo(), MOST_AT_ONCE);
    for (Canary canary : page.canaries()) {
      greylisted(canary).ifPresent(rules::note);
      note(canary, said(canary), canary.arrival() == null ? now : knownAt(canary));
    }
    read.addLast(new Read(now, page.upTo()));
  }

  /// One that is late may have been greylisted between two looks: that is normal for a while.
  private Optional<Outcome> greylisted(Canary canary) {
    Duration took = canary.latency();
    if (took == null || took.compareTo(canary.promise().within()) <= 0) {
      return Optional.empty();
    }
    return Optional.ofNullable(ports.latest().said(List.of(canary.id())).get(canary.id()))
        .filter(said -> said.cause() == Cause.GREYLIST)
        .map(said ->
            Outcome.heldUp(
                    canary, said.cause(), said.words(), Words.speaker(said.words()), said.at())
                .on(part(canary)));
  }

  /// Also a newer version of one that was told before.
  private void tellChanges(int most, Instant now) {
    if (changes.size() > MOST_REMEMBERED) {
      changes.clear();
    }
    for (Change change : ports.changes().changes(null, most).reversed()) {
      if (!change.noticedAt().plus(plan.paging().rules().changesWithin()).isBefore(now)
          && changes.add(change.id() + change.servers().size())) {
        rules.changed(change);
      }
    }
  }
}
