package io.mailcanary.drill;

import io.mailcanary.canary.Canary;
import io.mailcanary.drill.Scenario.Expected;
import io.mailcanary.drill.Scenario.Unwanted;
import io.mailcanary.incident.Incident;
import io.mailcanary.runtime.PathView;
import io.mailcanary.store.IncidentStore;
import io.mailcanary.verdict.Health;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/// Compares what comes with what should, and writes the time line.
final class Observer {
  private final Scenario scenario;
  private final Stage stage;
  private final Consumer<Seen> listener;
  private final List<Seen> seen = new ArrayList<>();
  private final Set<Expected> met = new LinkedHashSet<>();
  private final Map<Unwanted, Seen> came = new HashMap<>();
  private final Map<String, Health> healths = new HashMap<>();
  private final Map<String, String> incidents = new HashMap<>();
  private final Set<String> notifications = new HashSet<>();
  private final ConcurrentLinkedQueue<State> states = new ConcurrentLinkedQueue<>();

  /// From before the drill: they have nothing to do with it.
  private final Set<String> older = new HashSet<>();

  /// A canary came to it.
  private record State(String path, String state) {}

  /// What somebody was told.
  private record Told(Incident incident, String event, String channel) {}

  /// What is there to be looked at.
  private record View(
      List<PathView> paths, List<Incident> incidents, List<Told> told, Set<State> states) {}

  Observer(Scenario scenario, Stage stage, Consumer<Seen> listener) {
    this.scenario = scenario;
    this.stage = stage;
    this.listener = listener;
    stage.hear(this::heard);
  }

  private void heard(Canary canary) {
    states.add(new State(canary.path(), canary.state().word()));
  }

  void begin() {
    List<PathView> paths = stage.paths();
    paths.forEach(view -> healths.put(view.name(), view.health().health()));
    stage.incidents().forEach(incident -> older.add(incident.id()));
    states.clear();
    note(Duration.ZERO, Seen.What.STEP, "all %d paths are ok".formatted(paths.size()));
  }

  void look(Duration now) {
    View view = view();
    view.paths().forEach(one -> tell(now, one));
    view.incidents().reversed().forEach(incident -> tell(now, incident));
    view.told().forEach(told -> tell(now, told));
    for (Expected expected : scenario.expected()) {
      if (!met.contains(expected)
          && now.compareTo(expected.after()) >= 0
          && now.compareTo(expected.by()) <= 0
          && isMet(expected, view)) {
        met.add(expected);
        note(now, Seen.What.MET, expected.toString());
      }
    }
    for (Unwanted unwanted : scenario.unwanted()) {
      if (!came.containsKey(unwanted)) {
        what(unwanted, view)
            .ifPresent(what ->
                came.put(
                    unwanted, note(now, Seen.What.WRONG, "never expected: " + unwanted + what)));
      }
    }
  }

  private View view() {
    List<Incident> ours =
        stage.incidents().stream().filter(one -> !older.contains(one.id())).toList();
    List<Told> told = new ArrayList<>();
    for (Incident incident : ours) {
      for (IncidentStore.Told one : stage.told(incident.id())) {
        if (one.result().equals("sent") || one.result().equals("standing")) {
          told.add(new Told(incident, one.event(), one.channel()));
        }
      }
    }
    Set<State> news = new HashSet<>();
    for (State state = states.poll(); state != null; state = states.poll()) {
      news.add(state);
    }
    return new View(stage.paths(), ours, told, news);
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
      note(
          now,
          Seen.What.INCIDENT,
          "%s [%s, cause %s, side %s: %s]"
              .formatted(
                  words,
                  incident.kind().word(),
                  incident.cause().word(),
                  incident.attribution().side().word(),
                  incident.attribution().component().isEmpty()
                      ? "nothing points anywhere"
                      : incident.attribution().component()));
    }
  }

  private void tell(Duration now, Told told) {
    if (notifications.add(told.incident().id() + told.event() + told.channel())) {
      note(
          now,
          Seen.What.NOTIFICATION,
          "channel %s is told (%s): %s"
              .formatted(told.channel(), told.event(), told.incident().title()));
    }
  }

  private static boolean isMet(Expected expected, View view) {
    return switch (expected) {
      case Expected.OfPath(_, _, String path, Health health, String says) ->
          view.paths().stream()
              .filter(one -> one.name().equals(path))
              .anyMatch(
                  one -> one.health().health() == health && one.health().reason().contains(says));
      case Expected.OfCanary(_, _, String path, String state) ->
          view.states().contains(new State(path, state));
      case Expected.OfIncident(_, _, Scenario.Sought sought) ->
          view.incidents().stream().anyMatch(sought::fits);
      case Expected.Resolved(_, _, String names) ->
          view.incidents().stream().anyMatch(incident -> names(incident, names))
              && view.incidents().stream()
                  .filter(incident -> names(incident, names))
                  .noneMatch(Incident::isOpen);
      case Expected.OfNotification(_, _, String names, String event, String channel) ->
          view.told().stream()
              .anyMatch(told ->
                  names(told.incident(), names)
                      && (event.isEmpty() || told.event().equals(event))
                      && (channel.isEmpty() || told.channel().equals(channel)));
    };
  }

  /// What of it is there, in words; empty: nothing.
  private Optional<String> what(Unwanted unwanted, View view) {
    return switch (unwanted) {
      case Unwanted.OfPath(String path, Set<Health> healths) ->
          view.paths().stream()
              .filter(one -> one.name().equals(path))
              .filter(one -> healths.contains(one.health().health()))
              .map(one -> ": " + one.health().reason())
              .findFirst();
      case Unwanted.OfCanary(String path, Set<String> words) ->
          view.states().stream()
              .filter(one -> one.path().equals(path) && words.contains(one.state()))
              .map(one -> ": " + one.state())
              .findFirst();
      case Unwanted.OfIncident(Scenario.Sought sought) ->
          view.incidents().stream().filter(sought::fits).map(one -> ": " + one.title()).findFirst();
      case Unwanted.OtherIncident() ->
          view.incidents().stream()
              .filter(one -> !isExpected(one))
              .map(one -> ": " + one.title())
              .findFirst();
      case Unwanted.OfNotification(String names, String event) ->
          view.told().stream()
              .filter(told -> names(told.incident(), names))
              .filter(told -> event.isEmpty() || told.event().equals(event))
              .map(told -> ": " + told.incident().title())
              .findFirst();
    };
  }

  private boolean isExpected(Incident incident) {
    return scenario.expected().stream()
        .anyMatch(expected ->
            switch (expected) {
              case Expected.OfIncident(_, _, Scenario.Sought sought) ->
                  names(incident, sought.names());
              case Expected.Resolved(_, _, String names) -> names(incident, names);
              case Expected.OfNotification one -> names(incident, one.names());
              case Expected.OfPath _, Expected.OfCanary _ -> false;
            });
  }

  private static boolean names(Incident incident, String part) {
    return Scenario.Sought.isAbout(incident, part);
  }

  Seen note(Duration at, Seen.What what, String words) {
    Seen one = new Seen(at, what, words);
    seen.add(one);
    listener.accept(one);
    return one;
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
      all.add(new Result.Met("never: " + unwanted, !came.containsKey(unwanted)));
    }
    boolean passed = all.stream().allMatch(Result.Met::met);
    return new Result(scenario.name(), scenario.title(), passed, all, seen);
  }
}
