package io.mailcanary.incident;

import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What watchers find: each finding stands in the file of the trouble that it explains, or opens
/// one of its own.
final class FindingRules {
  private final RuleSettings settings;
  private final Cases cases;
  private final Due due;
  private final Map<String, Map<String, CaseFile.Found>> bySource = new HashMap<>();

  FindingRules(RuleSettings settings, Cases cases, Due due) {
    this.settings = settings;
    this.cases = cases;
    this.due = due;
  }

  /// What `source` sees wrong now, all of it.
  void found(String source, Collection<Finding> seen, long now) {
    Map<String, CaseFile.Found> known = bySource.computeIfAbsent(source, _ -> new HashMap<>());
    Set<String> there = new LinkedHashSet<>();
    for (Finding finding : seen) {
      if (finding.severity() == Severity.INFO) {
        continue;
      }
      String key = source + " " + Refusal.keyOf(finding);
      there.add(key);
      CaseFile.Found before = known.get(key);
      CaseFile.Found found =
          new CaseFile.Found(finding, source, before == null ? now : before.since(), 0);
      known.put(key, found);
      boolean news = before == null || !before.isThere() || !before.finding().equals(finding);
      if (news || cases.holding(key) == null) {
        due.stir();
        file(key, found, now);
      }
    }
    for (Map.Entry<String, CaseFile.Found> entry : Map.copyOf(known).entrySet()) {
      CaseFile.Found found = entry.getValue();
      if (!there.contains(entry.getKey()) && found.isThere()) {
        CaseFile.Found gone = found.goneAt(now);
        known.put(entry.getKey(), gone);
        leave(entry.getKey(), gone);
        due.wakeAt(now + settings.findingGone().toMillis());
      }
    }
  }

  private void file(String key, CaseFile.Found found, long now) {
    CaseFile home = cases.holding(key);
    if (home == null) {
      List<CaseFile> related = related(found.finding(), now);
      home = related.isEmpty() ? cases.begin(now) : related.getFirst();
      for (CaseFile other : related) {
        if (other != home && other.findings.isEmpty()) {
          cases.merge(other, home);
        }
      }
    }
    home.findings.put(key, found);
    home.raise(found.finding().severity());
    home.changed = true;
  }

  /// It may come back, and counts until then; what is there leads.
  private void leave(String key, CaseFile.Found gone) {
    CaseFile home = cases.holding(key);
    if (home != null) {
      home.findings.put(key, gone);
      home.changed = true;
      due.stir();
    }
  }

  private List<CaseFile> related(Finding finding, long now) {
    String root = Diagnosis.KEY + Trait.RECORD.word() + ":" + Refusal.root(finding);
    List<CaseFile> related = new ArrayList<>();
    for (CaseFile file : cases.all()) {
      boolean restored = file.restored && file.isOver() && file.key.equals(root);
      if (restored || Refusal.isAbout(file, finding, now, settings)) {
        related.add(file);
      }
    }
    return related;
  }

  /// Looks whether what was away long enough is over.
  void deadlines(long at) {
    for (Map<String, CaseFile.Found> known : bySource.values()) {
      for (CaseFile.Found found : known.values()) {
        if (isOver(found, at)) {
          due.stir();
        } else if (!found.isThere()) {
          due.wakeAt(found.goneSince() + settings.findingGone().toMillis());
        }
      }
    }
  }

  /// Takes what is over out of the files.
  void removeGone(long at) {
    for (Map<String, CaseFile.Found> known : bySource.values()) {
      known
          .entrySet()
          .removeIf(entry -> {
            boolean over = isOver(entry.getValue(), at);
            CaseFile file = over ? cases.holding(entry.getKey()) : null;
            if (file != null) {
              file.findings.remove(entry.getKey());
              file.note(gone(entry.getValue(), at));
              file.changed = true;
            }
            return over;
          });
    }
  }

  private static TimelineEntry gone(CaseFile.Found found, long at) {
    return new TimelineEntry(
        Instant.ofEpochMilli(at),
        TimelineEntry.Kind.RECOVERING,
        "not found any more since %s: %s"
            .formatted(
                Sentences.second(Instant.ofEpochMilli(found.goneSince())),
                found.finding().message()),
        List.of());
  }

  private boolean isOver(CaseFile.Found found, long at) {
    return !found.isThere() && found.goneSince() + settings.findingGone().toMillis() <= at;
  }
}
