package io.mailcanary.incident;

import io.mailcanary.canary.Cause;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import io.mailcanary.path.Alert;
import io.mailcanary.path.Cadence;
import io.mailcanary.path.MailPath;
import io.mailcanary.verdict.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// When people are told, of what, and why.
///
/// It is told what becomes of canaries, what watchers find, what changes, and where we are blind;
/// asked to [#decide], it answers with what follows. It has no clock: the same news in the same
/// order give the same decisions. One outcome costs a constant time. Not for several threads.
public final class IncidentRules {
  private static final int MOST_CHANGES = 1_000;
  private static final long NEVER = Long.MAX_VALUE;
  private static final Duration REVIEW = Duration.ofSeconds(30);
  private static final Duration TOGETHER = Duration.ofMinutes(30);
  private static final Duration AWAITED = Duration.ofMinutes(3);
  private static final int REGROUPED = 200;

  private final RuleSettings settings;
  private final Map<String, PathState> paths = new LinkedHashMap<>();
  private final Map<String, GroupState> groups = new HashMap<>();
  private final Map<String, TraitNode> nodes = new HashMap<>();
  private final Map<String, Instant> unseen = new HashMap<>();
  private final Map<String, Long> seenSince = new HashMap<>();
  private final Map<String, CaseFile> open = new LinkedHashMap<>();
  private final Map<String, Flap> flaps = new HashMap<>();
  private final Set<CaseFile> files = new LinkedHashSet<>();
  private final Set<Unit> raised = new LinkedHashSet<>();
  private final Deque<Change> changes = new ArrayDeque<>();
  private final Map<String, Map<String, CaseFile.Found>> findings = new HashMap<>();
  private final Map<String, String> blindReasons = new HashMap<>();
  private long nextDeadline = NEVER;
  private long nextReview = NEVER;
  private long lastGood = Long.MIN_VALUE;
  private boolean stirred;

  /// How often a trouble came back.
  private record Flap(int times, long endedAt) {}

  public IncidentRules(RuleSettings settings) {
    this.settings = settings;
  }

  // What is watched

  /// Watches exactly these legs from now on; what is known of those that stay is kept.
  public void watch(Collection<Leg> legs, Instant now) {
    Set<String> wanted = new TreeSet<>();
    for (Leg leg : legs) {
      wanted.add(leg.key());
      know(leg, now.toEpochMilli());
    }
    for (PathState path : List.copyOf(paths.values())) {
      path.units.removeIf(unit -> {
        boolean gone = !wanted.contains(unit.leg.key());
        if (gone) {
          drop(unit);
        }
        return gone;
      });
      if (path.units.isEmpty()) {
        paths.remove(path.name);
        stirred = true;
      }
    }
    link();
    nextDeadline = Math.min(nextDeadline, now.toEpochMilli());
  }

  private void know(Leg leg, long now) {
    PathState path =
        paths.computeIfAbsent(leg.path().name(), name -> new PathState(name, settings, now));
    Unit known = unit(path, leg.leg());
    if (known == null) {
      path.units.add(new Unit(path, leg));
    } else {
      if (known.leg.paused() && !leg.paused()) {
        path.lastSent = now;
      }
      known.leg = leg;
    }
  }

  private void drop(Unit unit) {
    CaseFile file = unit.file;
    unit.alarm = null;
    raised.remove(unit);
    if (file != null) {
      file.leave(unit);
    }
    stirred = true;
  }

  /// Who has what in common.
  private void link() {
    nodes.values().forEach(node -> node.paths.clear());
    groups.values().forEach(group -> group.paths.clear());
    for (PathState path : paths.values()) {
      for (Unit unit : path.units) {
        List<TraitNode> mine = new ArrayList<>();
        unit.leg.traits().forEach((trait, value) -> mine.add(node(trait, value)));
        mine.forEach(node -> node.paths.add(path.name));
        unit.nodes = List.copyOf(mine);
      }
      Optional<String> group = path.units.getFirst().leg.path().group();
      path.group =
          group
              .map(name -> groups.computeIfAbsent(name, n -> new GroupState(n, settings)))
              .orElse(null);
      if (path.group != null) {
        path.group.paths.add(path);
      }
    }
    nodes.values().removeIf(node -> node.paths.isEmpty() && open.values().isEmpty());
  }

  private TraitNode node(Trait trait, String value) {
    return nodes.computeIfAbsent(trait.word() + ":" + value, _ -> new TraitNode(trait, value));
  }

  // What is told of canaries

  /// A canary stands so.
  public void note(Outcome outcome) {
    PathState path = paths.get(outcome.path());
    Unit unit = path == null ? null : unit(path, outcome.leg());
    if (path == null || unit == null) {
      return;
    }
    Recent recent = unit.recent;
    long sentAt = outcome.sentAt().toEpochMilli();
    long place = recent.find(outcome.canary());
    if (place < 0) {
      if (sentAt < recent.newest()) {
        return;
      }
      recent.push(outcome.canary(), sentAt, !isTurn(unit, sentAt));
      place = recent.find(outcome.canary());
      sent(unit, sentAt);
    }
    Result before = recent.result(place);
    Result after = patiently(unit, outcome, before);
    // A canary that was refused and is on its way again was refused all the same.
    boolean back = after == Result.PENDING && before == Result.GREYLISTED;
    if (before == after || back || (before.isKnown() && !after.isKnown())) {
      return;
    }
    recent.set(place, after);
    if (after == Result.GREYLISTED) {
      wakeAt(sentAt + settings.greylisting().toMillis());
    }
    if (after.isKnown()) {
      judge(unit, outcome.as(after), before, place);
    }
  }

  /// What greylisting holds up for a while fares well, and so may what is the first of its kind.
  private Result patiently(Unit unit, Outcome outcome, Result before) {
    Result after = outcome.result();
    Duration age = Duration.between(outcome.sentAt(), outcome.at());
    boolean early = age.compareTo(settings.greylisting()) <= 0;
    if (before == Result.GREYLISTED && after == Result.SLOW && early) {
      return Result.GOOD;
    }
    if (after == Result.MISSING && early && (before == Result.GREYLISTED || !isKnownThere(unit))) {
      wakeAt(outcome.sentAt().plus(settings.greylisting()).toEpochMilli() + 1);
      return before;
    }
    return after;
  }

  /// Whether its receiver has seen us before; within our own walls that makes no difference.
  private static boolean isKnownThere(Unit unit) {
    return unit.passedOnce || unit.leg.path().kind() == MailPath.Kind.INTERNAL;
  }

  /// Whether it is the path's turn: what comes much sooner after the turn before was sent because
  /// of a doubt, or by hand.
  private static boolean isTurn(Unit unit, long sentAt) {
    return unit.lastTurn == Long.MIN_VALUE
        || sentAt - unit.lastTurn >= period(unit.leg.path()) * 3 / 4;
  }

  private void sent(Unit unit, long sentAt) {
    PathState path = unit.path;
    unit.lastTurn = isTurn(unit, sentAt) ? sentAt : unit.lastTurn;
    path.lastSent = Math.max(path.lastSent, sentAt);
    if (path.silent) {
      path.silent = false;
      stirred = true;
    }
    wakeAt(sentAt + within(unit) + 1);
  }

  private void judge(Unit unit, Outcome outcome, Result before, long place) {
    long now = outcome.at().toEpochMilli();
    long sentAt = outcome.sentAt().toEpochMilli();
    if (!before.isKnown()) {
      first(unit, outcome, place, before == Result.GREYLISTED, now);
    } else if (before == Result.MISSING && outcome.result().isArrival()) {
      unit.arrivedLate++;
    }
    unit.passedOnce |= outcome.result().isArrival();
    if (outcome.result().isBad()) {
      unit.path.lastFailed = Math.max(unit.path.lastFailed, sentAt);
    } else {
      passed(unit, sentAt);
    }
    if (outcome.result().isShort()) {
      unit.failed(outcome);
      if (unit.recent.isJudged(place)) {
        suspect(unit, outcome, now);
      }
    }
    if (unit.alarm != null && !outcome.result().isBad()) {
      recover(unit, now);
    }
  }

  private void passed(Unit unit, long sentAt) {
    lastGood = Math.max(lastGood, sentAt);
    if (unit.alarm != null) {
      // That it recovers says nothing against what it has in common with those that failed.
      return;
    }
    List<TraitNode> mine = unit.nodes;
    for (int i = 0; i < mine.size(); i++) {
      mine.get(i).passed(sentAt);
    }
  }

  /// The first time that something is known of a canary: shares count each once, and the canaries
  /// of a burst, which all meet the same fault, not at all.
  private void first(Unit unit, Outcome outcome, long place, boolean greylisted, long now) {
    PathState path = unit.path;
    if (!greylisted) {
      drift(unit, outcome);
    }
    boolean toldAlready = unit.alarm != null && unit.alarm.trigger() == Alarm.Trigger.NEWEST;
    if (toldAlready || unit.recent.isConfirming(place) || !unit.recent.isJudged(place)) {
      return;
    }
    boolean bad = outcome.result().isBad();
    path.rate
        .add(bad, now)
        .ifPresent(why -> raise(unit, outcome, why.severity(), Alarm.Trigger.SHARE, why.reason()));
    GroupState group = path.group;
    if (group != null && group.paths.size() > 1) {
      group.rate.add(bad, now).ifPresent(why -> raise(group, why));
    }
  }

  private void drift(Unit unit, Outcome outcome) {
    Duration took = outcome.latency();
    LatencyDrift drift = unit.path.drift;
    if (took != null) {
      drift.add(took.toNanos() / 1e9);
    } else if (outcome.result() == Result.MISSING) {
      drift.add(unit.leg.path().expect().overdueAfter().toNanos() / 1e9);
    } else {
      return;
    }
    if (unit.alarm == null && drift.isSlow()) {
      raise(
          unit,
          outcome,
          Severity.WARN,
          Alarm.Trigger.DRIFT,
          "canaries take %s, %s was usual"
              .formatted(
                  io.mailcanary.verdict.Words.of(drift.now()),
                  io.mailcanary.verdict.Words.of(drift.usual())));
    }
  }

  // When something is wrong

  private void suspect(Unit unit, Outcome outcome, long now) {
    Alert alert = unit.leg.path().alert();
    Recent recent = unit.recent;
    explain(unit, outcome);
    Result result = outcome.result();
    boolean bounced = result == Result.BOUNCED || result == Result.REJECTED;
    if (bounced && unit.leg.path().kind() == MailPath.Kind.INTERNAL) {
      raise(
          unit, outcome, Severity.PAGE, Alarm.Trigger.NEWEST, "an internal path never may bounce");
      return;
    }
    int bad = result.isBad() ? recent.bad(alert.page().of()) : 0;
    if (bad >= alert.page().bad() + (isConfirmed(unit) ? 0 : 1)) {
      raise(
          unit, outcome, Severity.PAGE, Alarm.Trigger.NEWEST, newest(bad, alert.page(), "failed"));
      return;
    }
    if (unit.alarm != null) {
      return;
    }
    Alert.Share warn = alert.warn().orElse(alert.page());
    int fallShort = alert.warn().isPresent() || !result.isBad() ? recent.fallShort(warn.of()) : 0;
    if (fallShort >= warn.bad()) {
      raise(
          unit,
          outcome,
          Severity.WARN,
          Alarm.Trigger.NEWEST,
          newest(fallShort, warn, "were not as promised"));
    }
  }

  /// Silence that no burst confirmed, since there was none or its canaries came through, takes one
  /// more.
  private static boolean isConfirmed(Unit unit) {
    MailPath path = unit.leg.path();
    return path.confirm().canaries() == 0
        || path.alert().page().bad() == path.alert().page().of()
        || unit.recent.isConfirmed(path.alert().page().of());
  }

  private static String newest(int count, Alert.Share share, String what) {
    return "%d of the newest %d canaries %s; %s is enough"
        .formatted(count, share.of(), what, share);
  }

  /// What a canary shows may say more than what is known, or something else.
  private void explain(Unit unit, Outcome outcome) {
    Alarm alarm = unit.alarm;
    CaseFile file = unit.file;
    Optional<IncidentKind> kind = outcome.result().kind();
    if (alarm == null || kind.isEmpty() || !outcome.result().isBad()) {
      return;
    }
    TraitNode accused = accused(unit, outcome);
    Alarm better = alarm.explained(outcome, kind.get(), accused);
    if (!alarm.isSpecific() && (better.isSpecific() || alarm.words().isEmpty())) {
      if (!better.words().isEmpty() || better.kind() != alarm.kind()) {
        unit.alarm = better;
        if (file != null) {
          file.accuse(accused);
          file.changed = true;
          stirred = true;
        }
      }
      return;
    }
    boolean elsewhere =
        accused != null
            && alarm.accused() != null
            && accused != alarm.accused()
            && better.cause() != alarm.cause();
    unit.pointingElsewhere = elsewhere ? unit.pointingElsewhere + 1 : 0;
    if (unit.pointingElsewhere >= unit.leg.path().alert().page().bad() && file != null) {
      // A second cause on the same path.
      unit.pointingElsewhere = 0;
      file.leave(unit);
      unit.alarm =
          new Alarm(
              kind.get(),
              alarm.severity(),
              outcome.cause(),
              outcome.words(),
              outcome.host(),
              outcome.sentAt().toEpochMilli(),
              Alarm.Trigger.NEWEST,
              accused,
              "canaries fail for another reason than before");
      raised.add(unit);
      stirred = true;
    }
  }

  private void raise(
      Unit unit, Outcome outcome, Severity severity, Alarm.Trigger trigger, String reason) {
    Alarm known = unit.alarm;
    if (known != null && known.severity().compareTo(severity) >= 0) {
      return;
    }
    IncidentKind kind =
        trigger == Alarm.Trigger.DRIFT
            ? IncidentKind.SLOW
            : outcome.result().kind().orElse(IncidentKind.DEFERRING);
    long sentAt = outcome.sentAt().toEpochMilli();
    long onset =
        trigger == Alarm.Trigger.SHARE ? unit.path.rate.climbingSince() : unit.recent.onset(sentAt);
    unit.alarm =
        new Alarm(
            kind,
            severity,
            outcome.cause(),
            outcome.words(),
            outcome.host(),
            onset,
            trigger,
            accused(unit, outcome),
            reason);
    CaseFile file = unit.file;
    stirred = true;
    unit.arrivedLate = known == null ? 0 : unit.arrivedLate;
    if (file == null) {
      raised.add(unit);
    } else if (file.failing.size() == 1 && file.findings.isEmpty()) {
      file.raise(severity);
      file.accuse(unit.alarm.accused());
      file.changed = true;
    } else {
      file.leave(unit);
      raised.add(unit);
    }
  }

  /// All paths of the group that failed while the share rose are in it.
  private void raise(GroupState group, RateWatch.Suspicion why) {
    long since = group.rate.climbingSince();
    for (PathState path : group.paths) {
      for (Unit unit : path.units) {
        if (path.lastFailed >= since && unit.alarm == null && !unit.failures.isEmpty()) {
          Outcome outcome = unit.failures.getLast();
          TraitNode accused = accused(unit, outcome);
          unit.alarm =
              new Alarm(
                  outcome.result().kind().orElse(IncidentKind.DEFERRING),
                  why.severity(),
                  outcome.cause(),
                  outcome.words(),
                  outcome.host(),
                  Math.max(since, outcome.sentAt().toEpochMilli()),
                  Alarm.Trigger.GROUP,
                  accused == null ? node(Trait.GROUP, group.name) : accused,
                  "group %s: %s".formatted(group.name, why.reason()));
          raised.add(unit);
          stirred = true;
        }
      }
    }
  }

  /// What a refusal itself points at.
  private @Nullable TraitNode accused(Unit unit, Outcome outcome) {
    Leg leg = unit.leg;
    return switch (outcome.cause()) {
      case SENDER_DOMAIN, SENDER_AUTH ->
          leg.trait(Trait.SENDER_DOMAIN)
              .map(value -> node(Trait.SENDER_DOMAIN, value))
              .orElse(null);
      case RECIPIENT_DOMAIN ->
          leg.trait(Trait.RECIPIENT_DOMAIN)
              .map(value -> node(Trait.RECIPIENT_DOMAIN, value))
              .orElse(null);
      case MAILBOX_FULL, RECIPIENT ->
          leg.trait(Trait.MAILBOX).map(value -> node(Trait.MAILBOX, value)).orElse(null);
      case CLIENT_NAME, REPUTATION ->
          leg.trait(Trait.RELAY).map(value -> node(Trait.RELAY, value)).orElse(null);
      case NEXT_HOP, DNS, CONNECTION, TLS, LOGIN, SYSTEM, RATE_LIMIT, GREYLIST, LOOP ->
          speaker(leg, outcome);
      case SIZE -> leg.trait(Trait.SIZE).map(value -> node(Trait.SIZE, value)).orElse(null);
      case NONE, POLICY, CONTENT, EXPIRED, UNKNOWN ->
          Refusal.quotesSenderDomain(leg, outcome)
              ? node(Trait.SENDER_DOMAIN, leg.trait(Trait.SENDER_DOMAIN).orElse(""))
              : null;
    };
  }

  /// The relay, where it is the one that said it, or the host that did.
  private @Nullable TraitNode speaker(Leg leg, Outcome outcome) {
    String host = Refusal.host(outcome.host());
    Optional<String> relay = leg.trait(Trait.RELAY);
    boolean atRelay = host.isEmpty() || leg.hosts().contains(host);
    if (atRelay) {
      return relay.map(value -> node(Trait.RELAY, value)).orElse(null);
    }
    return node(Trait.HOP, host);
  }

  // When it is over

  private void recover(Unit unit, long now) {
    Alarm alarm = unit.alarm;
    if (alarm == null) {
      return;
    }
    int wanted = unit.leg.path().alert().recover();
    CaseFile file = unit.file;
    int flapped = file == null ? 0 : file.flaps;
    wanted = wanted * (1 << Math.min(flapped, 4));
    boolean strict = alarm.severity() != Severity.PAGE;
    boolean isOver =
        switch (alarm.trigger()) {
          case NEWEST, RESTORED -> unit.recent.goodInARow(strict) >= wanted;
          case SHARE -> unit.recent.goodInARow(false) >= wanted && unit.path.rate.isCalm(now);
          case GROUP -> {
            GroupState group = unit.path.group;
            yield unit.recent.goodInARow(false) >= wanted
                && (group == null || group.rate.isCalm(now));
          }
          case DRIFT -> unit.path.drift.isUsual();
        };
    if (isOver) {
      clear(unit);
    }
  }

  private void clear(Unit unit) {
    boolean forget = unit.alarm != null && unit.alarm.trigger() != Alarm.Trigger.DRIFT;
    unit.alarm = null;
    raised.remove(unit);
    if (unit.file != null) {
      unit.file.recovering = true;
      unit.file.leave(unit);
    }
    if (forget) {
      unit.recent.forgetPast();
    }
    if (!unit.path.isInTrouble()) {
      unit.path.rate.clear();
    }
    unit.pointingElsewhere = 0;
    stirred = true;
  }

  // What else is told

  /// What `source` sees wrong now, all of it.
  public void findings(String source, Collection<Finding> seen, Instant at) {
    long now = at.toEpochMilli();
    Map<String, CaseFile.Found> known = findings.computeIfAbsent(source, _ -> new HashMap<>());
    Set<String> there = new LinkedHashSet<>();
    for (Finding finding : seen) {
      if (finding.severity() == Severity.INFO) {
        continue;
      }
      String key = source + " " + Refusal.keyOf(finding);
      there.add(key);
      CaseFile.Found before = known.get(key);
      known.put(key, new CaseFile.Found(finding, source, before == null ? now : before.since(), 0));
      boolean news = before == null || !before.finding().equals(finding);
      if (news || file(key) == null) {
        stirred = true;
        filed(key, known.get(key), now);
      }
    }
    for (Map.Entry<String, CaseFile.Found> entry : Map.copyOf(known).entrySet()) {
      CaseFile.Found found = entry.getValue();
      if (!there.contains(entry.getKey()) && found.goneSince() == 0) {
        known.put(entry.getKey(), new CaseFile.Found(found.finding(), source, found.since(), now));
        wakeAt(now + settings.findingGone().toMillis());
      }
    }
  }

  private @Nullable CaseFile file(String findingKey) {
    for (CaseFile file : files) {
      if (file.findings.containsKey(findingKey)) {
        return file;
      }
    }
    return null;
  }

  private void filed(String key, CaseFile.Found found, long now) {
    CaseFile home = file(key);
    if (home != null) {
      home.findings.put(key, found);
      home.raise(found.finding().severity());
      home.changed = true;
      return;
    }
    List<CaseFile> related = new ArrayList<>();
    for (CaseFile file : files) {
      String root = Diagnosis.KEY + Trait.RECORD.word() + ":" + Refusal.root(found.finding());
      boolean restored = file.restored && file.isOver() && file.key.equals(root);
      if (restored || Refusal.isAbout(file, found.finding(), settings)) {
        related.add(file);
      }
    }
    CaseFile into = related.isEmpty() ? newFile(now) : related.getFirst();
    into.findings.put(key, found);
    into.raise(found.finding().severity());
    into.changed = true;
    related.stream().skip(1).filter(other -> other.findings.isEmpty()).forEach(o -> merge(o, into));
  }

  private CaseFile newFile(long onset) {
    CaseFile file = new CaseFile(onset);
    files.add(file);
    nextReview = Math.min(nextReview, onset + REVIEW.toMillis());
    stirred = true;
    return file;
  }

  private void merge(CaseFile from, CaseFile into) {
    for (Unit unit : List.copyOf(from.failing)) {
      from.leave(unit);
      if (unit.alarm != null) {
        into.join(unit, unit.alarm);
      }
    }
  }

  /// Something became different.
  public void changed(Change change) {
    changes.removeIf(known -> known.id().equals(change.id()));
    changes.addLast(change);
    if (changes.size() > MOST_CHANGES) {
      changes.removeFirst();
    }
    for (CaseFile file : files) {
      file.changed = true;
    }
    stirred = !files.isEmpty() || stirred;
  }

  /// A mailbox cannot be seen, and why; or it can again.
  ///
  /// @param mailbox its name
  /// @param why empty when it can
  public void sight(String mailbox, Optional<String> why, Instant since) {
    long at = since.toEpochMilli();
    if (why.isPresent()) {
      unseen.putIfAbsent(mailbox, since);
      blindReasons.put("mailbox:" + mailbox, why.get());
      wakeAt(at + settings.blindFor().toMillis());
    } else if (unseen.remove(mailbox) != null) {
      seenSince.put(mailbox, at);
      blindReasons.remove("mailbox:" + mailbox);
      nextDeadline = Math.min(nextDeadline, at);
      stirred = true;
    }
  }

  /// Our own clock was set: all that is counted from moves along.
  public void clockStepped(Duration by) {
    long millis = by.toMillis();
    for (PathState path : paths.values()) {
      path.lastSent += millis;
      path.lastFailed = shifted(path.lastFailed, millis);
      for (Unit unit : path.units) {
        unit.recent.shift(millis);
        unit.lastTurn = shifted(unit.lastTurn, millis);
      }
    }
    nodes.values().forEach(node -> node.shift(millis));
    unseen.replaceAll((_, since) -> since.plus(by));
    seenSince.replaceAll((_, since) -> since + millis);
    lastGood = shifted(lastGood, millis);
    nextDeadline = nextDeadline == NEVER ? NEVER : nextDeadline + millis;
    nextReview = nextReview == NEVER ? NEVER : nextReview + millis;
  }

  private static long shifted(long at, long by) {
    return at == Long.MIN_VALUE ? at : at + by;
  }

  // What follows

  /// Whether [#decide] has something to do.
  public boolean isRipe(Instant now) {
    long at = now.toEpochMilli();
    return stirred || at >= nextDeadline || at >= nextReview;
  }

  /// What follows from all that is known by now.
  public List<Decision> decide(Instant now) {
    long at = now.toEpochMilli();
    if (at >= nextDeadline) {
      deadlines(now, at);
    }
    if (!stirred && at < nextReview) {
      return List.of();
    }
    stirred = false;
    findingsGone(at);
    group(at);
    List<Decision> decisions = new ArrayList<>();
    for (CaseFile file : List.copyOf(files)) {
      review(file, now, at, decisions);
    }
    nextReview = files.isEmpty() ? NEVER : at + REVIEW.toMillis();
    return decisions;
  }

  private void wakeAt(long at) {
    nextDeadline = Math.min(nextDeadline, at);
  }

  private void deadlines(Instant now, long at) {
    nextDeadline = NEVER;
    for (PathState path : paths.values()) {
      for (Unit unit : path.units) {
        overdue(unit, now, at);
      }
      silence(path, at);
    }
    blindness(at);
    for (Map<String, CaseFile.Found> known : findings.values()) {
      for (CaseFile.Found found : known.values()) {
        if (found.goneSince() > 0) {
          long over = found.goneSince() + settings.findingGone().toMillis();
          stirred |= over <= at;
          if (over > at) {
            wakeAt(over);
          }
        }
      }
    }
  }

  /// What has not arrived in time is missing, unless we could not see.
  private void overdue(Unit unit, Instant now, long at) {
    String mailbox = unit.leg.traits().getOrDefault(Trait.MAILBOX, "");
    if (unseen.containsKey(mailbox)) {
      return;
    }
    Recent recent = unit.recent;
    long within = within(unit);
    long seeing = seenSince.getOrDefault(mailbox, Long.MIN_VALUE);
    for (long i = recent.oldestOpen(); i >= 0; i = recent.nextOpen(i)) {
      boolean greylisted = recent.result(i) == Result.GREYLISTED;
      long limit = greylisted || !isKnownThere(unit) ? settings.greylisting().toMillis() : within;
      long deadline = Math.max(recent.sentAt(i), seeing) + limit;
      if (deadline < at) {
        note(
            new Outcome(
                unit.path.name,
                unit.leg.leg(),
                recent.id(i),
                Instant.ofEpochMilli(recent.sentAt(i)),
                now,
                greylisted ? Result.DEFERRED : Result.MISSING,
                greylisted ? Cause.GREYLIST : Cause.NONE,
                greylisted ? "refused by greylisting for longer than is usual" : "",
                "",
                null));
      } else {
        wakeAt(deadline + 1);
        if (!greylisted) {
          break;
        }
      }
    }
  }

  private void silence(PathState path, long at) {
    Leg leg = path.units.getFirst().leg;
    if (leg.paused() || leg.silentAfter().isEmpty() || path.silent) {
      return;
    }
    long limit = path.lastSent + leg.silentAfter().get().toMillis();
    if (limit < at) {
      path.silent = true;
      stirred = true;
    } else {
      wakeAt(limit + 1);
    }
  }

  private void blindness(long at) {
    for (Instant since : unseen.values()) {
      long limit = since.toEpochMilli() + settings.blindFor().toMillis();
      stirred |= limit <= at;
      if (limit > at) {
        wakeAt(limit);
      }
    }
  }

  private void findingsGone(long at) {
    for (Map<String, CaseFile.Found> known : findings.values()) {
      known
          .entrySet()
          .removeIf(entry -> {
            CaseFile.Found found = entry.getValue();
            boolean over =
                found.goneSince() > 0
                    && found.goneSince() + settings.findingGone().toMillis() <= at;
            if (over) {
              CaseFile file = file(entry.getKey());
              if (file != null) {
                file.findings.remove(entry.getKey());
                file.changed = true;
              }
            }
            return over;
          });
    }
  }

  // One root cause, one incident

  private void group(long at) {
    for (Unit unit : List.copyOf(raised)) {
      Alarm alarm = unit.alarm;
      if (alarm != null && unit.file == null) {
        home(unit, alarm, at).join(unit, alarm);
      }
    }
    raised.clear();
    blindFiles(at);
  }

  private CaseFile home(Unit unit, Alarm alarm, long at) {
    for (CaseFile file : files) {
      if (belongs(file, unit, alarm, at)) {
        return file;
      }
    }
    return newFile(alarm.onset());
  }

  private boolean belongs(CaseFile file, Unit unit, Alarm alarm, long at) {
    for (CaseFile.Found found : file.findings.values()) {
      if (Refusal.isAbout(unit.leg, alarm, found, settings)) {
        return true;
      }
    }
    if (file.failing.isEmpty()) {
      // One that waits for its end to hold, or for the watchers after a restart.
      return file.findings.isEmpty() && file.blind.isEmpty() && file.hit.contains(unit.path.name);
    }
    if (alarm.accused() != null && alarm.accused() == file.accused) {
      return true;
    }
    Unit first = file.failing.iterator().next();
    Alarm other = first.alarm;
    if (other == null || !other.mayShareCauseWith(alarm)) {
      return false;
    }
    if (alarm.accused() != null && file.accused != null) {
      return false;
    }
    return Math.abs(alarm.onset() - file.onset) <= TOGETHER.toMillis()
        && shareACut(file.candidates, unit, Math.min(file.onset, alarm.onset()));
  }

  /// Whether they have something in common through which nothing passes any more.
  private static boolean shareACut(List<TraitNode> candidates, Unit unit, long onset) {
    for (TraitNode node : unit.nodes) {
      if (node.isCut(onset) && node.trait != Trait.GROUP && candidates.contains(node)) {
        return true;
      }
    }
    return false;
  }

  /// Those who were put together for something that others pass through after all.
  private void regroup(CaseFile file) {
    if (file.failing.size() < 2
        || file.failing.size() > REGROUPED
        || file.accused != null
        || file.recovering
        || !file.findings.isEmpty()) {
      return;
    }
    for (TraitNode node : file.candidates) {
      if (node.isCut(file.onset)) {
        return;
      }
    }
    Unit first = file.failing.iterator().next();
    Alarm lead = first.alarm;
    if (lead == null || lead.trigger() != Alarm.Trigger.NEWEST) {
      return;
    }
    for (Unit unit : List.copyOf(file.failing)) {
      Alarm alarm = unit.alarm;
      boolean apart =
          unit != first
              && unit.path != first.path
              && alarm != null
              && alarm.trigger() == Alarm.Trigger.NEWEST
              && !shareACut(first.nodes, unit, file.onset)
              && (lead.words().isEmpty()
                  || !Sentences.code(lead.words()).equals(Sentences.code(alarm.words())));
      if (apart) {
        file.leave(unit);
        home(unit, alarm, alarm.onset()).join(unit, alarm);
      }
    }
  }

  private void blindFiles(long at) {
    Map<String, CaseFile.Blind> now = new LinkedHashMap<>();
    unseen.forEach((mailbox, since) -> {
      if (since.toEpochMilli() + settings.blindFor().toMillis() <= at) {
        String part = "mailbox:" + mailbox;
        TraitNode node = nodes.get(Trait.MAILBOX.word() + ":" + mailbox);
        List<String> hit = node == null ? List.of() : List.copyOf(node.paths);
        now.put(
            part,
            new CaseFile.Blind(blindReasons.getOrDefault(part, ""), since.toEpochMilli(), hit));
      }
    });
    List<String> silent = new ArrayList<>();
    long since = NEVER;
    for (PathState path : paths.values()) {
      if (path.silent) {
        silent.add(path.name);
        since = Math.min(since, path.lastSent);
      }
    }
    if (!silent.isEmpty()) {
      now.put("schedule", new CaseFile.Blind("no canary was sent", since, silent));
    }
    for (CaseFile file : files) {
      file.changed |= file.blind.keySet().retainAll(now.keySet());
    }
    now.forEach((part, blind) -> {
      CaseFile home = blindHome(part);
      if (home == null) {
        home = newFile(blind.since());
        home.silence = part.equals("schedule");
        home.raise(Severity.PAGE);
      }
      CaseFile.Blind before = home.blind.put(part, blind);
      home.hit.addAll(blind.paths());
      home.changed |= !blind.equals(before);
    });
  }

  private @Nullable CaseFile blindHome(String part) {
    for (CaseFile file : files) {
      boolean was = file.key.equals(Diagnosis.KEY + Trait.OBSERVER.word() + ":" + part);
      if (file.blind.containsKey(part) || was) {
        return file;
      }
    }
    return null;
  }

  // From file to incident

  private void review(CaseFile file, Instant now, long at, List<Decision> decisions) {
    regroup(file);
    if (file.isOver() && isAwaited(file, at)) {
      return;
    }
    if (file.isOver()) {
      close(file, now, at, decisions);
      return;
    }
    boolean first = file.id.isEmpty();
    if (!first && !file.changed && !isDue(file, now)) {
      Diagnosis same = diagnose(file, now);
      if (file.recorded != null && same.attribution().equals(file.recorded.attribution())) {
        return;
      }
    }
    file.changed = false;
    Diagnosis diagnosis = diagnose(file, now);
    if (first) {
      open(file, diagnosis, now, at, decisions);
    } else {
      update(file, diagnosis, now, decisions);
    }
  }

  /// After a restart the watchers and readers have to speak first.
  private static boolean isAwaited(CaseFile file, long at) {
    if (!file.restored || !file.hasWatchers()) {
      return false;
    }
    file.awaitedUntil = file.awaitedUntil == 0 ? at + AWAITED.toMillis() : file.awaitedUntil;
    return at < file.awaitedUntil;
  }

  private boolean isDue(CaseFile file, Instant now) {
    Incident last = file.told;
    Incident recorded = file.recorded;
    return last != null
        && recorded != null
        && !Diagnosis.isSameStory(last, recorded)
        && !file.toldAt.plus(settings.updateEvery()).isAfter(now);
  }

  private Diagnosis diagnose(CaseFile file, Instant now) {
    return Diagnosis.of(
        file,
        new Diagnosis.World(paths, groups, nodes, lastGood > file.onset, changes, settings, now));
  }

  private void open(
      CaseFile file, Diagnosis diagnosis, Instant now, long at, List<Decision> decisions) {
    String key = diagnosis.key();
    for (int i = 2; open.containsKey(key); i++) {
      key = diagnosis.key() + "#" + i;
    }
    file.key = key;
    file.id = Diagnosis.id(now, key);
    open.put(key, file);
    Flap flap = flaps.get(key);
    String again = "";
    if (flap != null && flap.endedAt() + settings.flapMemory().toMillis() > at) {
      file.flaps = flap.times();
      again =
          "; it came back %s after its end, for the %s time"
              .formatted(
                  io.mailcanary.verdict.Words.of(Duration.ofMillis(at - flap.endedAt())),
                  ordinal(flap.times()));
      file.note(new TimelineEntry(now, TimelineEntry.Kind.FLAPPING, again.substring(2), List.of()));
    }
    String reason = diagnosis.reason() + again;
    file.note(new TimelineEntry(now, TimelineEntry.Kind.OPENED, reason, diagnosis.evidence()));
    Incident incident = diagnosis.incident(file);
    file.recorded = incident;
    file.told = incident;
    file.toldAt = now;
    decisions.add(new Decision.Open(incident, reason));
  }

  private static String ordinal(int times) {
    return switch (times) {
      case 1 -> "first";
      case 2 -> "second";
      case 3 -> "third";
      default -> times + "th";
    };
  }

  private void update(CaseFile file, Diagnosis diagnosis, Instant now, List<Decision> decisions) {
    Incident before = file.recorded;
    Incident after = diagnosis.incident(file);
    if (before == null || before.equals(after)) {
      if (before != null && isDue(file, now)) {
        tell(file, before, now, "more of the same", decisions);
      }
      return;
    }
    List<String> news = Diagnosis.news(before, after);
    if (!news.isEmpty()) {
      file.note(
          new TimelineEntry(
              now, TimelineEntry.Kind.EVIDENCE, String.join("; ", news), diagnosis.evidence()));
      after = diagnosis.incident(file);
    }
    file.recorded = after;
    Incident last = file.told == null ? before : file.told;
    boolean graver = after.severity().compareTo(last.severity()) > 0;
    boolean other =
        !Diagnosis.isSameStory(last, after)
            && !file.toldAt.plus(settings.updateEvery()).isAfter(now);
    String reason = news.isEmpty() ? "its details changed" : String.join("; ", news);
    if (graver || other) {
      tell(file, after, now, reason, decisions);
    } else {
      decisions.add(new Decision.Update(after, false, reason));
    }
  }

  private void tell(
      CaseFile file, Incident incident, Instant now, String reason, List<Decision> decisions) {
    file.told = incident;
    file.toldAt = now;
    decisions.add(new Decision.Update(incident, true, reason));
  }

  private void close(CaseFile file, Instant now, long at, List<Decision> decisions) {
    Incident before = file.recorded;
    if (before == null) {
      files.remove(file);
      return;
    }
    // What comes and goes has to stay away for longer each time.
    long hold = settings.flapHold().toMillis() * Math.max(0, file.flaps - 1);
    if (file.restored || hold == 0 || at >= lastTrouble(file) + hold) {
      resolve(file, before, now, at, decisions);
    } else {
      file.changed = true;
    }
  }

  private static long lastTrouble(CaseFile file) {
    return file.timeline.stream()
        .filter(entry -> entry.kind() != TimelineEntry.Kind.ACKNOWLEDGED)
        .mapToLong(entry -> entry.at().toEpochMilli())
        .max()
        .orElse(file.onset);
  }

  private void resolve(
      CaseFile file, Incident before, Instant now, long at, List<Decision> decisions) {
    String reason = Diagnosis.ending(before, file.late, now);
    if (file.late > 0) {
      file.note(
          new TimelineEntry(
              now,
              TimelineEntry.Kind.CORRECTED,
              "%d of the canaries that were missing arrived after all: late, not lost"
                  .formatted(file.late),
              List.of()));
    }
    file.state = IncidentState.RESOLVED;
    file.note(new TimelineEntry(now, TimelineEntry.Kind.RESOLVED, reason, List.of()));
    Incident after = Diagnosis.resolved(before, file, now);
    files.remove(file);
    open.remove(file.key);
    flaps.values().removeIf(f -> f.endedAt() + settings.flapMemory().toMillis() <= at);
    Flap flap = flaps.get(file.key);
    flaps.put(file.key, new Flap((flap == null ? 1 : flap.times()) + 1, at));
    decisions.add(new Decision.Resolve(after, reason));
  }

  // What people do, and what a restart finds

  /// Somebody takes an incident on.
  public Decision acknowledge(String id, String who, Instant now) {
    for (CaseFile file : files) {
      Incident incident = file.recorded;
      if (incident != null && file.id.equals(id)) {
        if (file.state == IncidentState.ACKNOWLEDGED) {
          return new Decision.Nothing("it was acknowledged before");
        }
        file.state = IncidentState.ACKNOWLEDGED;
        file.acknowledgedAt = now;
        String reason = who.isEmpty() ? "acknowledged" : "acknowledged by " + who;
        file.note(new TimelineEntry(now, TimelineEntry.Kind.ACKNOWLEDGED, reason, List.of()));
        Incident after = Diagnosis.acknowledged(incident, file, now);
        file.recorded = after;
        file.told = after;
        return new Decision.Acknowledge(after, reason);
      }
    }
    return new Decision.Nothing("there is no such open incident");
  }

  /// Goes on with an incident that was open before a restart. Its paths count as failing until they
  /// prove otherwise. To be called after [#watch].
  public void restore(Incident incident) {
    long onset = incident.openedAt().toEpochMilli();
    CaseFile file = new CaseFile(onset);
    file.restored = true;
    file.id = incident.id();
    file.key = incident.dedupKey();
    file.state = incident.state();
    file.severity = incident.severity();
    file.acknowledgedAt = incident.acknowledgedAt();
    file.timeline.addAll(incident.timeline());
    file.hit.addAll(incident.paths());
    file.recorded = incident;
    file.told = incident;
    file.toldAt = incident.openedAt();
    file.changed = false;
    for (String name : isOfMail(incident) ? incident.paths() : List.<String>of()) {
      PathState path = paths.get(name);
      if (path != null) {
        restore(file, path.units.getFirst(), incident, onset);
      }
    }
    files.add(file);
    open.put(file.key, file);
    nextReview = 0;
  }

  private void restore(CaseFile file, Unit unit, Incident incident, long onset) {
    String root =
        incident
            .dedupKey()
            .substring(Math.min(incident.dedupKey().length(), Diagnosis.KEY.length()));
    Alarm alarm =
        new Alarm(
            incident.kind(),
            incident.severity(),
            incident.cause(),
            "",
            "",
            onset,
            Alarm.Trigger.RESTORED,
            nodes.get(root),
            "open before a restart");
    unit.alarm = alarm;
    file.join(unit, alarm);
  }

  private static boolean isOfMail(Incident incident) {
    return switch (incident.kind()) {
      case DEFERRING, BOUNCING, LOSING, SLOW, MISFILED, DUPLICATED -> true;
      case DNS, TLS, AUTHENTICATION, QUEUE, BLIND, SILENT -> false;
    };
  }

  /// The incidents that go on, as they were decided last.
  public List<Incident> goingOn() {
    return files.stream().map(file -> file.recorded).filter(one -> one != null).toList();
  }

  private static @Nullable Unit unit(PathState path, String leg) {
    List<Unit> units = path.units;
    for (int i = 0; i < units.size(); i++) {
      if (units.get(i).leg.leg().equals(leg)) {
        return units.get(i);
      }
    }
    return null;
  }

  private static long within(Unit unit) {
    return unit.leg.path().expect().within().toMillis();
  }

  private static long period(MailPath path) {
    return switch (path.cadence()) {
      case Cadence.Every(Duration period) -> period.toMillis();
      case Cadence.Cron _ -> 0;
    };
  }

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
