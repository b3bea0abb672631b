package io.mailcanary.incident;

import java.util.List;

/// What is thought to be the root cause.
///
/// @param separated whether it separates those that fail from those that do not
/// @param others what would separate them just as well
record Root(Trait trait, String value, boolean separated, List<TraitNode> others) {
  Root {
    others = List.copyOf(others);
  }

  static Root sure(Trait trait, String value) {
    return new Root(trait, value, true, List.of());
  }

  String key() {
    return trait.word() + ":" + value;
  }
}
