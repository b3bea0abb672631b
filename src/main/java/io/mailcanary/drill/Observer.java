package io.mailcanary.drill;

import io.mailcanary.drill.Scenario.Expected;
import io.mailcanary.drill.Scenario.Unwanted;
import io.mailcanary.incident.Incident;
import io.mailcanary.runtime.PathView;
import io.mailcanary.verdict.Health;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// Compares what comes with what should, and writes the time line.
final class Observer {
  private final Scenario scenario;
  private final Consumer<Seen> listener;
  private final List<Seen> seen = new ArrayList<>();
  private final Set<Expected> met = new LinkedHashSet<>();
  private final Set<Unwanted> came = new LinkedHashSet<>();
  private final Map<String, Health> healths = new HashMap<>();
  private final Map<String, String> incidents = new HashMap<>();

  /// From before the drill: they have nothing to do with it.
  private final Set<String> older = new HashSet<>();

  Observer(Scenario scenario, Consumer<Seen> listener) {
    this.scenario = scenario;
    this.listener = listener;
  }

  void begin(List<PathView> paths, List<Incident> before) {
    paths.forEach(view -> healths.put(view.name(), view.health().health()));
    before.forEach(incident -> older.add(incident.id()));
    note(Duration.ZERO, Seen.What.STEP, "all %d paths are ok".formatted(paths.size()));
  }

  void look(Duration now, List<PathView> paths, List<Incident> all) {
    List<Incident> ours = all.stream().filter(one -> !older.contains(one.id())).toList();
    paths.forEach(view -> tell(now, view));
    ours.reversed().forEach(incident -> tell(now, incident));
    for (Expected expected : scenario.expected()) {
      if (!met.contains(expected)
          && now.compareTo(expected.after()) >= 0
          && now.compareTo(expected.by()) <= 0
          && isMet(expected, paths, ours)) {
        met.add(expected);
        note(now, Seen.What.MET, expected.toString());
      }
    }
    for (Unwanted unwanted : scenario.unwanted()) {
      if (!came.contains(unwanted) && isThere(unwanted, paths, ours)) {
        came.add(unwanted);
        note(now, Seen.What.WRONG, "never expected: " + unwanted);
      }
    }
  }

  private void tell(Duration now, PathView view) {
    Health health = view.health().health();
    if (healths.put(view.name(), health) != health) {
      note(
          now,
          Seen.What.PATH,
          "%s is %s: %s".formatted(view.name(), health.word(), view.health().reason()));
    }
  }

  private void tell(Duration now, Incident incident) {
    String words =
        "incident %s (%s): %s"
            .formatted(incident.state().word(), incident.severity().word(), incident.title());
    if (!words.equals(incidents.put(incident.id(), words))) {
      note(now, Seen.What.INCIDENT, words);
    }
  }

  private static boolean isMet(Expected expected, List<PathView> paths, List<Incident> incidents) {
    return switch (expected) {
      case Expected.OfPath(_, _, String path, Health health, String says) ->
          paths.stream()
              .filter(view -> view.name().equals(path))
              .anyMatch(view ->
                  view.health().health() == health && view.health().reason().contains(says));
      case Expected.OfIncident(_, _, String names, var severity) ->
          incidents.stream()
              .anyMatch(incident ->
                  names(incident, names)
                      && severity.stream().allMatch(one -> one == incident.severity()));
      case Expected.Resolved(_, _, String names) ->
          incidents.stream().anyMatch(incident -> names(incident, names))
              && incidents.stream()
                  .filter(incident -> names(incident, names))
                  .noneMatch(Incident::isOpen);
    };
  }

  private static boolean isThere(
      Unwanted unwanted, List<PathView> paths, List<Incident> incidents) {
    return switch (unwanted) {
      case Unwanted.OfPath(String path, Set<Health> healths) ->
          paths.stream()
              .anyMatch(
                  view -> view.name().equals(path) && healths.contains(view.health().health()));
      case Unwanted.OfIncident(String names) ->
          incidents.stream().anyMatch(incident -> names(incident, names));
    };
  }

  private static boolean names(Incident incident, String part) {
    return incident.title().contains(part) || incident.attribution().component().contains(part);
  }

  void note(Duration at, Seen.What what, String words) {
    Seen one = new Seen(at, what, words);
    seen.add(one);
    listener.accept(one);
  }

  boolean isComplete() {
    return met.size() == Set.copyOf(scenario.expected()).size();
  }

  Result failed(Duration now, String words) {
    note(now, Seen.What.WRONG, words);
    return result(now);
  }

  Result result(Duration now) {
    List<Result.Met> all = new ArrayList<>();
    for (Expected expected : scenario.expected()) {
      boolean isMet = met.contains(expected);
      all.add(new Result.Met(expected.toString(), isMet));
      if (!isMet) {
        note(now, Seen.What.WRONG, "did not come: " + expected);
      }
    }
    for (Unwanted unwanted : scenario.unwanted()) {
      all.add(new Result.Met("never: " + unwanted, !came.contains(unwanted)));
    }
    boolean passed = all.stream().allMatch(Result.Met::met);
    return new Result(scenario.name(), scenario.title(), passed, all, seen);
  }
}
