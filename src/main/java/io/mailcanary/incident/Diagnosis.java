package io.mailcanary.incident;

import io.mailcanary.canary.Cause;
import io.mailcanary.incident.Attribution.Confidence;
import io.mailcanary.incident.Attribution.Side;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import io.mailcanary.verdict.Change;
import io.mailcanary.verdict.Words;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// What a file says when all of it is put together: the root cause, whose side it is on, and how
/// many are hit.
record Diagnosis(
    IncidentKind kind,
    String key,
    String title,
    Share share,
    Cause cause,
    Attribution attribution,
    List<ChangeBefore> changesBefore,
    List<String> evidence,
    List<String> advice,
    List<String> runbooks,
    String reason) {

  static final String KEY = "mailcanary:";

  private static final int MOST_EVIDENCE = 12;
  private static final int LOOKED_AT = 20;

  /// What is known beside the file.
  ///
  /// @param passing whether canaries arrive elsewhere since the trouble began
  record World(
      Map<String, PathState> paths,
      Map<String, GroupState> groups,
      Map<String, TraitNode> nodes,
      boolean passing,
      Collection<Change> changes,
      RuleSettings settings,
      Instant now) {}

  /// What is thought to be the root cause.
  ///
  /// @param separated whether it separates those that fail from those that do not
  /// @param others what would separate them just as well
  record Root(Trait trait, String value, boolean separated, List<TraitNode> others) {
    Root {
      others = List.copyOf(others);
    }

    String key() {
      return trait.word() + ":" + value;
    }
  }

  static Diagnosis of(CaseFile file, World world) {
    return new Diagnostician(file, world).diagnosis();
  }

  /// Names an incident: the time of its opening and its root cause.
  static String id(Instant at, String key) {
    CRC32 crc = new CRC32();
    crc.update(key.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return "%012x%08x".formatted(at.toEpochMilli(), crc.getValue());
  }

  Incident incident(CaseFile file) {
    return new Incident(
        file.id,
        file.key,
        file.state,
        file.severity,
        file.recorded == null ? kind : file.recorded.kind(),
        title,
        List.copyOf(file.hit),
        share,
        cause,
        attribution,
        changesBefore,
        file.timeline,
        advice,
        runbooks,
        Instant.ofEpochMilli(file.onset),
        file.acknowledgedAt,
        null);
  }

  static Incident acknowledged(Incident incident, CaseFile file, Instant now) {
    return with(incident, file, IncidentState.ACKNOWLEDGED, now, null);
  }

  static Incident resolved(Incident incident, CaseFile file, Instant now) {
    return with(incident, file, IncidentState.RESOLVED, file.acknowledgedAt, now);
  }

  private static Incident with(
      Incident old,
      CaseFile file,
      IncidentState state,
      @Nullable Instant acknowledgedAt,
      @Nullable Instant resolvedAt) {
    return new Incident(
        old.id(),
        old.dedupKey(),
        state,
        old.severity(),
        old.kind(),
        old.title(),
        old.paths(),
        old.share(),
        old.cause(),
        old.attribution(),
        old.changesBefore(),
        file.timeline,
        old.advice(),
        old.runbooks(),
        old.openedAt(),
        acknowledgedAt,
        resolvedAt);
  }

  /// Whether people who know the one know the other.
  static boolean isSameStory(Incident a, Incident b) {
    return a.severity() == b.severity()
        && a.cause() == b.cause()
        && a.attribution().side() == b.attribution().side()
        && a.attribution().component().equals(b.attribution().component())
        && a.attribution().confidence() == b.attribution().confidence()
        && a.changesBefore().size() == b.changesBefore().size()
        && b.paths().size() < 2 * Math.max(1, a.paths().size());
  }

  /// What became known between the two, a sentence each.
  static List<String> news(Incident before, Incident after) {
    List<String> news = new ArrayList<>();
    if (after.severity() != before.severity()) {
      news.add("it is a " + after.severity().word() + " now");
    }
    Set<String> more = new TreeSet<>(after.paths());
    before.paths().forEach(more::remove);
    if (!more.isEmpty()) {
      news.add(
          "%s %s hit, too (%s)"
              .formatted(Sentences.list(more), more.size() == 1 ? "is" : "are", after.share()));
    }
    Attribution was = before.attribution();
    Attribution is = after.attribution();
    if (was.side() != is.side() || !was.component().equals(is.component())) {
      news.add("it points at " + whose(is));
    } else if (was.confidence() != is.confidence()) {
      news.add("%s is %s now".formatted(whose(is), is.confidence().word()));
    }
    if (before.cause() != after.cause()) {
      news.add("the cause is " + after.cause().word());
    }
    after.changesBefore().stream()
        .filter(
            change -> before.changesBefore().stream().noneMatch(c -> c.id().equals(change.id())))
        .forEach(change -> news.add(change.sentence()));
    return news;
  }

  /// `our side: MX of notify.corp.test`.
  static String whose(Attribution attribution) {
    String side =
        switch (attribution.side()) {
          case OURS -> "our side";
          case THEIRS -> "their side";
          case THIRD -> "a third party";
          case OBSERVER -> "the observer itself";
          case UNKNOWN -> "nobody so far";
        };
    return attribution.component().isEmpty() ? side : side + ": " + attribution.component();
  }

  static String ending(Incident incident, int late, Instant now) {
    String took = Words.of(Duration.between(incident.openedAt(), now));
    String back = late == 0 ? "" : "; %d missing canaries came in late".formatted(late);
    return switch (incident.kind()) {
      case DEFERRING, BOUNCING, LOSING, SLOW, MISFILED, DUPLICATED ->
          "canaries arrive as promised again, after " + took + back;
      case DNS, TLS, AUTHENTICATION, QUEUE -> "it is not found any more, after " + took + back;
      case BLIND -> "we can see again, after " + took;
      case SILENT -> "canaries are sent again, after " + took;
    };
  }

  /// Works one out.
  private static final class Diagnostician {
    private final CaseFile file;
    private final World world;
    private final Optional<CaseFile.Found> found;
    private final @Nullable Unit first;
    private final @Nullable Alarm alarm;
    private final Set<String> failing = new TreeSet<>();

    Diagnostician(CaseFile file, World world) {
      this.file = file;
      this.world = world;
      found =
          file.findings.values().stream()
              .max(Comparator.comparing(one -> one.finding().severity()));
      Unit lead = null;
      for (Unit unit : file.failing) {
        failing.add(unit.path.name);
        // The one whose canaries say most leads.
        Alarm one = unit.alarm;
        Alarm best = lead == null ? null : lead.alarm;
        if (lead == null
            || (one != null && best != null && one.isSpecific() && !best.isSpecific())) {
          lead = unit;
        }
      }
      first = lead;
      alarm = lead == null ? null : lead.alarm;
    }

    Diagnosis diagnosis() {
      if (found.isPresent()) {
        file.hit.addAll(touched(found.get().finding()));
      }
      Root root = root();
      file.root = root;
      Share share = share(root);
      Attribution attribution = attribution(root, share);
      Cause cause = cause();
      IncidentKind kind = kind();
      List<ChangeBefore> changes =
          ChangesBefore.of(world.changes(), names(root), file.onset, kind, world.settings());
      return new Diagnosis(
          kind,
          KEY + root.key(),
          Sentences.cut(title(root, kind, share, attribution), 250),
          share,
          cause,
          attribution,
          changes,
          evidence(),
          advice(cause),
          runbooks(),
          reason());
    }

    private Root root() {
      if (found.isPresent()) {
        Finding finding = found.get().finding();
        return new Root(Trait.RECORD, Refusal.root(finding), true, List.of());
      }
      if (!file.blind.isEmpty()) {
        return new Root(Trait.OBSERVER, file.blind.keySet().iterator().next(), true, List.of());
      }
      if (file.accused != null) {
        return new Root(file.accused.trait, file.accused.value, true, List.of());
      }
      if (file.failing.isEmpty()) {
        return before();
      }
      if (file.recovering && file.root != null) {
        // Canaries that arrive again say nothing against what it was.
        return file.root;
      }
      List<TraitNode> cut =
          file.candidates.stream()
              .filter(node -> node.isCut(file.onset))
              .filter(node -> node.trait != Trait.GROUP)
              .sorted(
                  Comparator.<TraitNode>comparingInt(node -> node.paths.size())
                      .thenComparing(node -> node.trait))
              .toList();
      if (cut.isEmpty() || !world.passing()) {
        // One path alone is what it is; several without anything that separates are together.
        return new Root(Trait.PATH, String.join("+", lead()), false, cut);
      }
      TraitNode best = cut.getFirst();
      List<TraitNode> equal =
          cut.stream().skip(1).filter(node -> node.paths.size() == best.paths.size()).toList();
      return new Root(best.trait, best.value, true, equal);
    }

    private List<String> lead() {
      return failing.stream().limit(1).toList();
    }

    /// What it was before it was over.
    private Root before() {
      String key = file.key.startsWith(KEY) ? file.key.substring(KEY.length()) : "";
      int colon = key.indexOf(':');
      for (Trait trait : Trait.values()) {
        if (colon > 0 && trait.word().equals(key.substring(0, colon))) {
          return new Root(trait, key.substring(colon + 1), true, List.of());
        }
      }
      return new Root(Trait.PATH, "", false, List.of());
    }

    private IncidentKind kind() {
      if (found.isPresent()) {
        return Refusal.kind(found.get().finding());
      }
      if (!file.blind.isEmpty()) {
        return file.silence ? IncidentKind.SILENT : IncidentKind.BLIND;
      }
      return alarm == null ? IncidentKind.DEFERRING : alarm.kind();
    }

    private Cause cause() {
      if (alarm != null && alarm.isSpecific()) {
        return alarm.cause();
      }
      if (found.isPresent()) {
        Finding finding = found.get().finding();
        return switch (Refusal.kind(finding)) {
          case TLS -> Cause.TLS;
          case AUTHENTICATION -> Cause.SENDER_AUTH;
          case QUEUE -> Cause.UNKNOWN;
          case DNS, DEFERRING, BOUNCING, LOSING, SLOW, MISFILED, DUPLICATED, BLIND, SILENT ->
              isOurs(finding) ? Cause.SENDER_DOMAIN : Cause.DNS;
        };
      }
      if (file.accused != null && file.accused.trait == Trait.SENDER_DOMAIN) {
        return Cause.SENDER_DOMAIN;
      }
      return alarm == null || alarm.cause() == Cause.NONE ? Cause.UNKNOWN : alarm.cause();
    }

    private Share share(Root root) {
      if (!file.blind.isEmpty() && file.failing.isEmpty()) {
        return new Share(file.hit.size(), world.paths().size());
      }
      Optional<GroupState> group = group();
      if (group.isPresent() && group.get().paths.size() > 1) {
        return new Share(failing.size(), group.get().paths.size());
      }
      if (found.isPresent()) {
        int of = Math.max(touched(found.get().finding()).size(), failing.size());
        return new Share(failing.size(), of);
      }
      TraitNode node = world.nodes().get(root.key());
      int of = node == null ? failing.size() : node.paths.size();
      return new Share(failing.size(), Math.max(of, failing.size()));
    }

    /// The group to which all that fail belong.
    private Optional<GroupState> group() {
      GroupState group = null;
      for (Unit unit : file.failing) {
        GroupState mine = unit.path.group;
        if (mine == null || (group != null && group != mine)) {
          return Optional.empty();
        }
        group = mine;
      }
      return Optional.ofNullable(group);
    }

    /// The paths that depend on what was found.
    private Set<String> touched(Finding finding) {
      String owner = Refusal.owner(finding.name());
      Set<String> names = new TreeSet<>();
      for (PathState path : world.paths().values()) {
        for (Unit unit : path.units) {
          if (unit.leg.names().contains(owner)
              || unit.leg.hosts().contains(owner)
              || owner.equals(unit.leg.traits().get(Trait.SENDER_DOMAIN))
              || finding.name().equals(unit.leg.traits().get(Trait.RELAY))) {
            names.add(path.name);
          }
        }
      }
      return names;
    }

    private boolean isOurs(Finding finding) {
      if (Refusal.isQueue(finding)) {
        return true;
      }
      return isOurs(Refusal.owner(finding.name()));
    }

    private boolean isOurs(String name) {
      for (PathState path : world.paths().values()) {
        for (Unit unit : path.units) {
          String sender = unit.leg.traits().get(Trait.SENDER_DOMAIN);
          if (sender != null && Refusal.isWithin(name, sender)) {
            return true;
          }
        }
      }
      return false;
    }

    // Whose side

    private Attribution attribution(Root root, Share share) {
      if (found.isPresent()) {
        return ofFinding(found.get().finding());
      }
      if (!file.blind.isEmpty()) {
        return ofObserver();
      }
      if (file.failing.isEmpty() && file.recorded != null) {
        return file.recorded.attribution();
      }
      if (alarm == null) {
        return Attribution.UNKNOWN;
      }
      List<String> proof = proof(root, share);
      Side side = side(root);
      for (TraitNode other : root.others()) {
        if (root.separated() && side(other.trait, other.value) != side) {
          // What fails has more than one thing in common, on both sides.
          return new Attribution(Side.UNKNOWN, held(), Confidence.UNKNOWN, proof);
        }
      }
      if (!root.separated() || side == Side.UNKNOWN) {
        String component = root.trait() == Trait.PATH ? held() : phrase(root);
        return new Attribution(Side.UNKNOWN, component, Confidence.UNKNOWN, proof);
      }
      return new Attribution(side, phrase(root), confidence(root), proof);
    }

    private Attribution ofFinding(Finding finding) {
      List<String> proof = new ArrayList<>();
      proof.add(finding.message());
      finding.evidence().stream().limit(4).forEach(proof::add);
      if (alarm != null && !alarm.words().isEmpty()) {
        proof.add("a server says so: " + alarm.words());
      }
      Side side = isOurs(finding) || isRelay(finding) ? Side.OURS : Side.THEIRS;
      Confidence confidence =
          finding.severity() == Severity.PAGE ? Confidence.PROVEN : Confidence.LIKELY;
      return new Attribution(side, component(finding), confidence, proof);
    }

    private boolean isRelay(Finding finding) {
      // A relay's host is among the hosts of the legs that use it, and of no mailbox.
      return world.nodes().containsKey(Trait.RELAY.word() + ":" + finding.name());
    }

    private Attribution ofObserver() {
      List<String> proof = new ArrayList<>();
      file.blind.forEach((part, blind) ->
          proof.add(
              "%s since %s: %s"
                  .formatted(
                      part,
                      Sentences.second(Instant.ofEpochMilli(blind.since())),
                      blind.reason())));
      return new Attribution(
          Side.OBSERVER, file.blind.keySet().iterator().next(), Confidence.PROVEN, proof);
    }

    private Side side(Root root) {
      return side(root.trait(), root.value());
    }

    private Side side(Trait trait, String value) {
      if (alarm != null && alarm.cause() == Cause.RATE_LIMIT) {
        return Side.THEIRS;
      }
      return switch (trait) {
        case SENDER_DOMAIN, RELAY -> Side.OURS;
        case MAILBOX, RECEIVER, RECIPIENT_DOMAIN -> Side.THEIRS;
        case HOP, RECORD -> isOurs(value) ? Side.OURS : Side.THEIRS;
        case RESOLVER -> Side.THIRD;
        case OBSERVER -> Side.OBSERVER;
        case SIZE, FAMILY, GROUP, PATH -> Side.UNKNOWN;
      };
    }

    private Confidence confidence(Root root) {
      boolean seenByUs =
          root.trait() == Trait.RELAY
              && alarm != null
              && switch (alarm.cause()) {
                case CONNECTION, TLS, LOGIN, NEXT_HOP, DNS -> true;
                case NONE,
                    SENDER_DOMAIN,
                    RECIPIENT_DOMAIN,
                    SENDER_AUTH,
                    CLIENT_NAME,
                    REPUTATION,
                    RATE_LIMIT,
                    GREYLIST,
                    RECIPIENT,
                    MAILBOX_FULL,
                    CONTENT,
                    POLICY,
                    SIZE,
                    LOOP,
                    EXPIRED,
                    SYSTEM,
                    UNKNOWN ->
                    false;
              };
      return seenByUs ? Confidence.PROVEN : Confidence.LIKELY;
    }

    private String phrase(Root root) {
      String host = alarm == null ? "" : alarm.host();
      boolean named = root.trait() == Trait.RELAY && !host.isEmpty();
      return root.trait().phrase(root.value()) + (named ? " (" + host + ")" : "");
    }

    /// The last hop that is proven to have held the message.
    private String held() {
      if (alarm != null && !alarm.host().isEmpty()) {
        return alarm.host();
      }
      return first == null ? "" : first.leg.trait(Trait.RELAY).map(Trait.RELAY::phrase).orElse("");
    }

    private List<String> proof(Root root, Share share) {
      List<String> proof = new ArrayList<>();
      if (alarm != null) {
        proof.add(alarm.reason());
        if (!alarm.words().isEmpty()) {
          proof.add("a server said: " + alarm.words());
        }
      }
      if (root.trait() == Trait.SENDER_DOMAIN) {
        proof.add("the refusal is about %s, which is ours".formatted(root.value()));
      }
      if (root.separated() && file.accused == null) {
        proof.add(
            "%s: nothing passes there since %s, and canaries arrive elsewhere"
                .formatted(
                    root.trait().phrase(root.value()),
                    Sentences.second(Instant.ofEpochMilli(file.onset))));
        root.others().forEach(other -> proof.add("the same holds for " + other));
      } else if (!root.separated()) {
        proof.add(
            world.passing()
                ? "nothing separates what fails from what passes"
                : "no canary arrived anywhere since, so nothing can be compared");
      }
      if (share.of() > 1) {
        proof.add("%s of those that could be hit fail%s".formatted(share, sameWords()));
      }
      return proof;
    }

    // In words

    private String title(Root root, IncidentKind kind, Share share, Attribution attribution) {
      if (found.isPresent()) {
        return titleOfFinding(found.get().finding(), share);
      }
      if (!file.blind.isEmpty()) {
        Map.Entry<String, CaseFile.Blind> part = file.blind.entrySet().iterator().next();
        return file.silence
            ? "No canary was sent on %s since %s"
                .formatted(
                    Sentences.list(part.getValue().paths()),
                    Sentences.second(Instant.ofEpochMilli(part.getValue().since())))
            : "%s cannot be seen: %s".formatted(part.getKey(), part.getValue().reason());
      }
      if (file.failing.isEmpty() && file.recorded != null) {
        return file.recorded.title();
      }
      String where =
          attribution.component().isEmpty() || root.trait() == Trait.GROUP
              ? ""
              : attribution.side() == Side.UNKNOWN
                  ? ", last seen at " + attribution.component()
                  : ": " + attribution.component();
      return subject(share) + " " + verb(kind, failing.size() > 1) + where + sameWords();
    }

    private String titleOfFinding(Finding finding, Share share) {
      String message = finding.message();
      String named =
          message.contains(Refusal.owner(finding.name()))
              ? message
              : finding.name() + ": " + message;
      boolean typed = finding.type().isEmpty() || named.contains(finding.type());
      String title = typed ? named : component(finding) + ": " + message;
      if (failing.isEmpty() || alarm == null) {
        return title;
      }
      return "%s; %s %s%s"
          .formatted(
              stripped(title), subject(share), verb(alarm.kind(), failing.size() > 1), sameWords());
    }

    private static String stripped(String sentence) {
      return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }

    private String subject(Share share) {
      Optional<GroupState> group = group();
      if (group.isPresent() && group.get().paths.size() > 1) {
        return "%s receivers of group %s".formatted(share, group.get().name);
      }
      if (failing.size() == 1) {
        return "Path " + failing.iterator().next();
      }
      return share.of() > share.failing() ? share + " paths" : "Paths " + Sentences.list(failing);
    }

    private static String verb(IncidentKind kind, boolean several) {
      String s = several ? "" : "s";
      return switch (kind) {
        case DEFERRING -> "defer" + s + " mail";
        case BOUNCING -> "bounce" + s + " mail";
        case LOSING -> "lose" + s + " mail";
        case SLOW -> several ? "are slow" : "is slow";
        case MISFILED -> "misfile" + s + " mail";
        case DUPLICATED -> "duplicate" + s + " mail";
        case AUTHENTICATION -> several ? "lose authentication" : "loses authentication";
        case DNS, TLS, QUEUE, BLIND, SILENT -> several ? "fail" : "fails";
      };
    }

    /// `, all 450 4.1.8`, where they all say the same.
    private String sameWords() {
      Set<String> codes = new LinkedHashSet<>();
      for (Unit unit : file.failing) {
        Alarm one = unit.alarm;
        codes.add(one == null ? "" : Sentences.code(one.words()));
        if (codes.size() > 1) {
          return "";
        }
      }
      String code = codes.isEmpty() ? "" : codes.iterator().next();
      return code.isEmpty() ? "" : failing.size() > 1 ? ", all " + code : ", " + code;
    }

    private static String component(Finding finding) {
      return finding.type().isEmpty() ? finding.name() : finding.type() + " of " + finding.name();
    }

    private Set<String> names(Root root) {
      Set<String> names = new TreeSet<>();
      names.add(Refusal.owner(root.value()));
      int looked = 0;
      for (Unit unit : file.failing) {
        names.addAll(unit.leg.names());
        names.addAll(unit.leg.hosts());
        names.add(unit.path.name);
        if (++looked >= LOOKED_AT) {
          break;
        }
      }
      return names;
    }

    private List<String> evidence() {
      List<String> lines = new ArrayList<>();
      for (CaseFile.Found one : file.findings.values()) {
        Finding finding = one.finding();
        lines.add(
            finding.tag()
                + ": "
                + finding.message()
                + (finding.rfc().isEmpty() ? "" : " (" + finding.rfc() + ")"));
        lines.addAll(finding.evidence());
      }
      file.blind.forEach((part, blind) -> lines.add(part + ": " + blind.reason()));
      for (Unit unit : file.failing) {
        List<String> mine = unit.evidence();
        lines.addAll(
            file.failing.size() == 1
                ? mine
                : mine.subList(Math.max(0, mine.size() - 1), mine.size()));
        if (lines.size() >= MOST_EVIDENCE) {
          break;
        }
      }
      return lines.stream().limit(MOST_EVIDENCE).toList();
    }

    private List<String> advice(Cause cause) {
      Set<String> advice = new LinkedHashSet<>();
      file.findings.values().stream()
          .map(one -> one.finding().advice())
          .filter(text -> !text.isEmpty())
          .forEach(advice::add);
      if (advice.isEmpty() && file.blind.isEmpty()) {
        advice.add(Advice.of(cause));
      }
      return advice.stream().limit(5).toList();
    }

    private List<String> runbooks() {
      Set<String> links = new LinkedHashSet<>();
      for (String name : file.hit) {
        PathState path = world.paths().get(name);
        if (path != null) {
          path.units.getFirst().leg.path().runbook().ifPresent(links::add);
        }
        if (links.size() >= 3) {
          break;
        }
      }
      return List.copyOf(links);
    }

    private String reason() {
      if (found.isPresent()) {
        return found.get().finding().message();
      }
      if (!file.blind.isEmpty()) {
        return file.blind.values().iterator().next().reason();
      }
      return alarm == null ? "" : alarm.reason();
    }
  }
}
