package io.mailcanary.watch;

import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// Which paths depend on which sources of findings; a path is told of the worst of these.
public final class Concerns {
  private final Findings findings;
  private final PathConcern paths;

  /// By watcher, by path.
  private final Map<String, Map<String, Set<String>>> needed = new ConcurrentHashMap<>();

  private final Map<String, String> told = new ConcurrentHashMap<>();

  public Concerns(Findings findings, PathConcern paths) {
    this.findings = findings;
    this.paths = paths;
    findings.listen((source, _) -> refresh(pathsOf(source)));
  }

  /// What the paths depend on, as one watcher knows it; it replaces what that said before.
  ///
  /// @param watcher such as `dns`
  /// @param sources by path, such as `dns:corp.test`
  public void depend(String watcher, Map<String, Set<String>> sources) {
    Set<String> touched = new TreeSet<>(sources.keySet());
    Map<String, Set<String>> before = needed.put(watcher, Map.copyOf(sources));
    if (before != null) {
      touched.addAll(before.keySet());
    }
    refresh(touched);
  }

  /// All that is wrong with what a path depends on, worst first.
  public List<Finding> of(String path) {
    return needed.values().stream()
        .flatMap(watcher -> watcher.getOrDefault(path, Set.of()).stream())
        .distinct()
        .sorted()
        .flatMap(source -> findings.of(source).stream())
        .sorted(Comparator.comparing(Finding::severity).reversed())
        .toList();
  }

  private Set<String> pathsOf(String source) {
    return needed.values().stream()
        .flatMap(watcher -> watcher.entrySet().stream())
        .filter(entry -> entry.getValue().contains(source))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private void refresh(Set<String> touched) {
    for (String path : touched) {
      Optional<String> words =
          of(path).stream()
              .filter(finding -> finding.severity().compareTo(Severity.WARN) >= 0)
              .findFirst()
              .map(Finding::message);
      String before = told.get(path);
      if (!Objects.equals(before, words.orElse(null))) {
        words.ifPresentOrElse(text -> told.put(path, text), () -> told.remove(path));
        paths.concern(path, words);
      }
    }
  }
}
