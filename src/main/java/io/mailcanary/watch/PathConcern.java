package io.mailcanary.watch;

import java.util.Optional;

/// Who judges paths, and is told what watchers find wrong with what a path depends on.
@FunctionalInterface
public interface PathConcern {
  /// @param words what is wrong; empty: nothing
  void concern(String path, Optional<String> words);
}
