package io.mailcanary.incident;

import io.mailcanary.canary.Cause;
import io.mailcanary.mail.Finding;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What goes with a diagnosis: the evidence word for word, what to do, where it is written down.
final class Dossier {
  private static final int MOST_EVIDENCE = 12;
  private static final int MOST_ADVICE = 5;
  private static final int MOST_RUNBOOKS = 3;
  private static final int LOOKED_AT = 20;

  private Dossier() {}

  /// All names that have to do with it.
  static Set<String> names(Facts facts, Root root) {
    Set<String> names = new TreeSet<>();
    names.add(Refusal.owner(root.value()));
    int looked = 0;
    for (Unit unit : facts.file.failing) {
      names.addAll(unit.leg.names());
      names.addAll(unit.leg.hosts());
      names.add(unit.path.name);
      if (++looked >= LOOKED_AT) {
        break;
      }
    }
    return names;
  }

  static List<String> evidence(CaseFile file) {
    List<String> lines = new ArrayList<>();
    for (CaseFile.Found one : file.byWeight()) {
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
      List<String> mine = unit.evidence(file.onset);
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

  static List<String> advice(CaseFile file, Cause cause) {
    Set<String> advice = new LinkedHashSet<>();
    file.byWeight().stream()
        .map(one -> one.finding().advice())
        .filter(text -> !text.isEmpty())
        .forEach(advice::add);
    if (!file.blind.isEmpty()) {
      advice.add(file.silence ? Advice.SILENT : Advice.BLIND);
    } else if (advice.isEmpty()) {
      advice.add(Advice.of(cause));
    }
    return advice.stream().limit(MOST_ADVICE).toList();
  }

  static List<String> runbooks(Facts facts) {
    Set<String> links = new LinkedHashSet<>();
    for (String name : facts.file.hit) {
      PathState path = facts.world.watched().path(name);
      if (path != null) {
        path.units.getFirst().leg.path().runbook().ifPresent(links::add);
      }
      if (links.size() >= MOST_RUNBOOKS) {
        break;
      }
    }
    return List.copyOf(links);
  }

  /// Which rule says so.
  static String reason(Facts facts) {
    if (facts.found.isPresent()) {
      return facts.found.get().finding().message();
    }
    if (facts.isBlind()) {
      return facts.blind().getValue().reason();
    }
    return facts.alarm == null ? "" : facts.alarm.reason();
  }
}
