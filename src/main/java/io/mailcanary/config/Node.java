package io.mailcanary.config;

import java.util.List;
import java.util.Optional;

/// A piece of YAML and where it stands. Aliases and merge keys are resolved, keys are unique.
sealed interface Node {
  Spot at();

  /// A text.
  ///
  /// @param empty whether nothing stands there, or a null
  record Scalar(Spot at, String text, boolean empty) implements Node {}

  record Sequence(Spot at, List<Node> items) implements Node {}

  record Mapping(Spot at, List<Entry> entries) implements Node {
    Optional<Entry> entry(String key) {
      return entries.stream().filter(entry -> entry.key().equals(key)).findFirst();
    }
  }

  /// A key and what stands behind it.
  ///
  /// @param at where the key stands
  record Entry(String key, Spot at, Node value) {}
}
