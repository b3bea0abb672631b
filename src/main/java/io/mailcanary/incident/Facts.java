package io.mailcanary.incident;

import io.mailcanary.canary.Cause;
import io.mailcanary.mail.Finding;
import io.mailcanary.verdict.AuthenticationPromise;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A file and the world around it, as those who judge it ask for them.
final class Facts {
  final CaseFile file;
  final Diagnosis.World world;
  final Set<String> failing = new TreeSet<>();

  /// The gravest finding, one that is still there before one that went a moment ago.
  final Optional<CaseFile.Found> found;

  /// What the leg whose canaries say most says of it.
  final @Nullable Alarm alarm;

  private final @Nullable Unit lead;

  Facts(CaseFile file, Diagnosis.World world) {
    this.file = file;
    this.world = world;
    found = file.byWeight().stream().findFirst();
    file.failing.forEach(unit -> failing.add(unit.path.name));
    lead = lead(file);
    alarm = lead == null ? null : lead.alarm;
    found.ifPresent(one -> file.hit.addAll(touched(one.finding())));
  }

  private static @Nullable Unit lead(CaseFile file) {
    Unit lead = null;
    for (Unit unit : file.failing) {
      Alarm one = unit.alarm;
      Alarm best = lead == null ? null : lead.alarm;
      if (lead == null || (one != null && best != null && one.isSpecific() && !best.isSpecific())) {
        lead = unit;
      }
    }
    return lead;
  }

  boolean isPassing() {
    return world.watched().isPassing(file.onset);
  }

  boolean isBlind() {
    return !file.blind.isEmpty();
  }

  Map.Entry<String, CaseFile.Blind> blind() {
    return file.blind.entrySet().iterator().next();
  }

  IncidentKind kind() {
    if (found.isPresent()) {
      return Refusal.kind(found.get().finding());
    }
    if (!file.blind.isEmpty()) {
      return file.silence ? IncidentKind.SILENT : IncidentKind.BLIND;
    }
    return alarm == null ? IncidentKind.DEFERRING : alarm.kind();
  }

  /// Whether all the trouble is of this kind.
  boolean isAll(Result result) {
    return !file.failing.isEmpty()
        && file.failing.stream().allMatch(unit -> unit.recent.newestShort() == result);
  }

  /// What began, as mail shows it where mail is hit.
  IncidentKind trouble() {
    return alarm == null || file.failing.isEmpty() ? kind() : alarm.kind();
  }

  Cause cause() {
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

  Share share(Root root) {
    if (!file.blind.isEmpty() && file.failing.isEmpty()) {
      return new Share(file.hit.size(), world.watched().size());
    }
    Optional<GroupState> group = group();
    if (group.isPresent() && group.get().paths.size() > 1) {
      return new Share(failing.size(), group.get().paths.size());
    }
    if (found.isPresent()) {
      int of = Math.max(touched(found.get().finding()).size(), failing.size());
      return new Share(failing.size(), of);
    }
    TraitNode node = world.watched().known(root.key());
    int of = node == null ? failing.size() : node.paths.size();
    return new Share(failing.size(), Math.max(of, failing.size()));
  }

  /// The group to which all that fail belong.
  Optional<GroupState> group() {
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

  /// The paths that depend on what was found; where canaries showed it, theirs.
  private Set<String> touched(Finding finding) {
    if (AuthenticationPromise.isLost(finding)) {
      return file.findings.values().stream()
          .flatMap(one -> AuthenticationPromise.pathOf(one.source()).stream())
          .collect(Collectors.toCollection(TreeSet::new));
    }
    String owner = Refusal.owner(finding.name());
    Set<String> names = new TreeSet<>();
    for (PathState path : world.watched().paths()) {
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

  boolean isOurs(Finding finding) {
    if (Refusal.isQueue(finding)) {
      return true;
    }
    return isOurs(Refusal.owner(finding.name()));
  }

  boolean isOurs(String name) {
    for (PathState path : world.watched().paths()) {
      for (Unit unit : path.units) {
        Optional<String> domain = unit.leg.ourDomain();
        if (domain.isPresent() && Refusal.isWithin(name, domain.get())) {
          return true;
        }
      }
    }
    return false;
  }

  /// Whether an address is one of those behind a relay.
  boolean isBehindRelay(String receiver) {
    return file.failing.stream()
        .map(unit -> unit.leg)
        .anyMatch(leg ->
            leg.trait(Trait.RELAY).isPresent()
                && leg.trait(Trait.RECEIVER).filter(receiver::equals).isPresent());
  }

  boolean isRelay(Finding finding) {
    // A relay's host is among the hosts of the legs that use it, and of no mailbox.
    return world.watched().known(Trait.RELAY.word() + ":" + finding.name()) != null;
  }

  /// The last hop that is proven to have held the message.
  String held() {
    if (alarm != null && !alarm.host().isEmpty()) {
      return alarm.host();
    }
    return lead == null ? "" : lead.leg.trait(Trait.RELAY).map(Trait.RELAY::phrase).orElse("");
  }

  /// `, all 450 4.1.8`, where they all say the same.
  String sameWords() {
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
}
