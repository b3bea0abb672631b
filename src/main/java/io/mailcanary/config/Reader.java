package io.mailcanary.config;

import io.mailcanary.path.MailPath;
import io.mailcanary.path.Mailbox;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// What one reading of a folder has at hand.
///
/// @param names the names in each section, faulty ones among them, so that one fault makes no
///   others
/// @param mailboxes those that could be read
/// @param paths those that could be read
record Reader(
    Path folder,
    Function<String, Optional<String>> environment,
    Findings findings,
    FileContents files,
    Map<Section, Set<String>> names,
    Map<String, Mailbox> mailboxes,
    Map<String, MailPath> paths) {

  Reader(Path folder, Function<String, Optional<String>> environment, Findings findings) {
    this(
        folder,
        environment,
        findings,
        new FileContents(),
        new HashMap<>(),
        new HashMap<>(),
        new LinkedHashMap<>());
  }

  Set<String> names(Section section) {
    return names.getOrDefault(section, Set.of());
  }

  /// All paths; empty while one of them is at fault, so that nothing is missed that it may have.
  Optional<Collection<MailPath>> allPaths() {
    return paths.keySet().equals(names(Section.PATHS))
        ? Optional.of(paths.values())
        : Optional.empty();
  }

  /// A file named in a probe file: beside the probe files unless its path is absolute.
  Path beside(String path) {
    return folder.resolve(path);
  }
}
