package io.mailcanary.incident;

import java.util.Comparator;
import java.util.List;

/// What separates those that fail from those that do not.
final class Separation {
  private Separation() {}

  static Root of(Facts facts) {
    CaseFile file = facts.file;
    if (facts.found.isPresent()) {
      return Root.sure(Trait.RECORD, Refusal.root(facts.found.get().finding()));
    }
    if (facts.isBlind()) {
      return Root.sure(Trait.OBSERVER, facts.blind().getKey());
    }
    if (file.accused != null) {
      return Root.sure(file.accused.trait, file.accused.value);
    }
    if (file.failing.isEmpty()) {
      return before(file);
    }
    if (file.recovering && file.root != null) {
      // Canaries that arrive again say nothing against what it was.
      return file.root;
    }
    return separating(facts);
  }

  /// The smallest thing through which nothing passes, while canaries arrive elsewhere.
  private static Root separating(Facts facts) {
    List<TraitNode> cut =
        facts.file.candidates.stream()
            .filter(node -> node.isCut(facts.file.onset))
            .filter(node -> node.trait != Trait.GROUP)
            .sorted(
                Comparator.<TraitNode>comparingInt(node -> node.paths.size())
                    .thenComparing(node -> node.trait))
            .toList();
    if (cut.isEmpty() || !facts.isPassing()) {
      return new Root(Trait.PATH, facts.failing.iterator().next(), false, cut);
    }
    TraitNode best = cut.getFirst();
    List<TraitNode> equal =
        cut.stream().skip(1).filter(node -> node.paths.size() == best.paths.size()).toList();
    return new Root(best.trait, best.value, true, equal);
  }

  /// What it was before it was over.
  private static Root before(CaseFile file) {
    String key =
        file.key.startsWith(Diagnosis.KEY) ? file.key.substring(Diagnosis.KEY.length()) : "";
    int colon = key.indexOf(':');
    for (Trait trait : Trait.values()) {
      if (colon > 0 && trait.word().equals(key.substring(0, colon))) {
        return Root.sure(trait, key.substring(colon + 1));
      }
    }
    return new Root(Trait.PATH, "", false, List.of());
  }
}
