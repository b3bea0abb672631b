package io.mailcanary.web;

import io.mailcanary.dispatch.IncidentDesk;
import io.mailcanary.incident.Incident;
import io.mailcanary.incident.IncidentState;
import io.mailcanary.incident.Match;
import io.mailcanary.incident.Silence;
import io.mailcanary.incident.TimelineEntry;
import io.mailcanary.path.MailPath;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.PathView;
import io.mailcanary.store.CanaryStore;
import io.mailcanary.store.IncidentStore;
import io.mailcanary.store.IncidentStore.Told;
import io.mailcanary.store.WatchStore;
import io.mailcanary.verdict.Change;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What people are told about, and what they do about it.
@Singleton
final class IncidentPage {
  private static final int PER_PAGE = 50;
  private static final int MOST_CHANGES = 400;
  private static final int MOST_LANES = 8;
  private static final int OTHERS = 2;
  private static final int MOST_MARKS = 1_500;
  private static final int MOST_SILENCED_BY_NAME = 20;
  private static final int LONGEST_WHY = 1_000;
  private static final Duration LONGEST_SILENCE = Duration.ofDays(14);

  private final IncidentStore incidents;
  private final IncidentDesk desk;
  private final Board board;
  private final CanaryStore canaries;
  private final WatchStore watched;

  IncidentPage(
      IncidentStore incidents,
      IncidentDesk desk,
      Board board,
      CanaryStore canaries,
      WatchStore watched) {
    this.incidents = incidents;
    this.desk = desk;
    this.board = board;
    this.canaries = canaries;
    this.watched = watched;
  }

  /// A step of an incident.
  ///
  /// @param words what was not shown before
  /// @param again how many lines stand above already
  record Entry(Instant at, String kind, String text, List<String> words, int again) {}

  /// @param ends whether it can be ended here
  record Silenced(
      String id, String what, Instant from, Instant to, String why, String by, boolean ends) {}

  Pages.Page list(@Nullable String state, @Nullable String before, Instant now) {
    List<Incident> found = incidents.page(state(state), before, PER_PAGE + 1);
    Map<String, Object> model = new HashMap<>();
    model.put(
        "incidents", found.stream().limit(PER_PAGE).map(one -> IncidentHead.of(one, now)).toList());
    model.put("older", found.size() > PER_PAGE ? found.get(PER_PAGE - 1).id() : "");
    model.put("state", state == null ? "" : state);
    model.put("states", Stream.of(IncidentState.values()).map(IncidentState::word).toList());
    model.put("silences", desk.silences().stream().map(IncidentPage::silenced).toList());
    model.put("live", "incidents");
    return new Pages.Page("incidents", "Incidents", "incidents", model);
  }

  Pages.Page one(String id, Instant now) {
    Incident incident = find(id);
    List<Told> told = incidents.told(id);
    Map<String, Object> model = new HashMap<>();
    model.put("incident", incident);
    model.put("head", IncidentHead.of(incident, now));
    model.put("axis", axis(incident, told, now));
    model.put("entries", entries(incident));
    model.put("told", told);
    model.put("steps", incidents.steps(id));
    model.put("whom", silenceWords(incident));
    model.put("kind", incident.kind().word());
    model.put("cause", incident.cause().word());
    model.put("live", "incident " + id);
    return new Pages.Page("incident", incident.title(), "incidents", model);
  }

  /// @param who empty: nobody said
  void acknowledge(String id, String who) {
    find(id);
    var _ = desk.acknowledge(id, who);
  }

  void silence(String id, Map<String, String> form, String by, Instant now) {
    Incident incident = find(id);
    Silence example = asked(Match.EVERYTHING, form, by, now);
    for (Match match : matches(incident)) {
      desk.silence(
          new Silence(
              UUID.randomUUID().toString(),
              match,
              example.from(),
              example.to(),
              example.why(),
              example.by()));
    }
  }

  void silencePath(String path, Map<String, String> form, String by, Instant now) {
    if (board.path(path).isEmpty()) {
      throw new NoSuchPageException(404, "there is no path '%s'".formatted(path));
    }
    desk.silence(asked(ofPath(path), form, by, now));
  }

  void endSilence(String id) {
    if (!desk.endSilence(id)) {
      throw new NoSuchPageException(
          404, "there is no such silence, or it stands in the probe files and ends there");
    }
  }

  /// Evidence that was shown with an earlier step is not shown again.
  private static List<Entry> entries(Incident incident) {
    Set<String> shown = new HashSet<>();
    List<Entry> entries = new ArrayList<>();
    for (TimelineEntry step : incident.timeline()) {
      List<String> fresh = step.evidence().stream().filter(shown::add).toList();
      entries.add(
          new Entry(
              step.at(),
              step.kind().word(),
              step.text(),
              fresh,
              step.evidence().size() - fresh.size()));
    }
    return entries;
  }

  private static @Nullable IncidentState state(@Nullable String word) {
    try {
      return word == null || word.isEmpty() ? null : IncidentState.of(word);
    } catch (IllegalArgumentException e) {
      throw new NoSuchPageException(404, "no incident is ever '%s'".formatted(word));
    }
  }

  private Incident find(String id) {
    return incidents
        .find(id)
        .orElseThrow(() -> new NoSuchPageException(404, "there is no incident '%s'".formatted(id)));
  }

  private IncidentAxis.Axis axis(Incident incident, List<Told> told, Instant now) {
    Instant from = IncidentAxis.begin(incident, now);
    Instant to = IncidentAxis.end(incident, now);
    Set<String> before = new HashSet<>();
    incident.changesBefore().forEach(one -> before.add(one.id()));
    List<IncidentAxis.Event> deeds = new ArrayList<>();
    List<IncidentAxis.Event> records = new ArrayList<>();
    for (Change change : watched.changes(null, MOST_CHANGES)) {
      if (!change.at().isBefore(from) && !change.at().isAfter(to)) {
        switch (change.kind()) {
          case MARKER, CONFIGURATION -> deeds.add(IncidentAxis.event(change));
          case RECORD, CERTIFICATE -> records.add(IncidentAxis.event(change));
        }
      }
    }
    List<IncidentAxis.Event> people = new ArrayList<>(IncidentAxis.events(incident.timeline()));
    for (Told one : told) {
      people.add(
          new IncidentAxis.Event(
              one.madeAt(),
              one.result().equals("failed") ? "bad" : "deed",
              "%s: %s".formatted(one.channel(), one.event()),
              "%s %s was told of “%s”: %s %s"
                  .formatted(
                      Times.second(one.madeAt()),
                      one.channel(),
                      one.event(),
                      one.result(),
                      one.words())));
    }
    return IncidentAxis.of(incident, deeds, records, lanes(incident, from, to), people, now);
  }

  /// The paths that are hit, and one or two beside them that are not: what separates them is seen.
  private List<IncidentAxis.PathLane> lanes(Incident incident, Instant from, Instant to) {
    List<PathView> hit =
        incident.paths().stream().flatMap(name -> board.path(name).stream()).toList();
    List<IncidentAxis.PathLane> lanes = new ArrayList<>();
    hit.stream().limit(MOST_LANES).forEach(view -> lanes.add(lane(view.path(), from, to)));
    Set<String> groups = new HashSet<>();
    hit.forEach(view -> groups.add(population(view.path())));
    board.paths().stream()
        .filter(view -> !incident.paths().contains(view.name()))
        .filter(view -> groups.contains(population(view.path())))
        .limit(OTHERS)
        .forEach(view -> lanes.add(lane(view.path(), from, to)));
    return lanes;
  }

  private static String population(MailPath path) {
    return path.group().orElse(path.kind().name());
  }

  private IncidentAxis.PathLane lane(MailPath path, Instant from, Instant to) {
    return new IncidentAxis.PathLane(
        path.name(),
        Past.expected(path),
        canaries.marks(path.name(), from, MOST_MARKS).stream()
            .filter(mark -> !mark.start().isBefore(from) && !mark.start().isAfter(to))
            .toList());
  }

  /// Each path by its name where they are few, else their group, else what is wrong.
  private List<Match> matches(Incident incident) {
    if (!incident.paths().isEmpty() && incident.paths().size() <= MOST_SILENCED_BY_NAME) {
      return incident.paths().stream().map(IncidentPage::ofPath).toList();
    }
    Set<Optional<String>> groups = new HashSet<>();
    incident
        .paths()
        .forEach(name -> groups.add(board.path(name).flatMap(view -> view.path().group())));
    Optional<String> group = groups.size() == 1 ? groups.iterator().next() : Optional.empty();
    return List.of(
        new Match(
            Optional.empty(), Optional.of(incident.kind()), Optional.empty(), group, Map.of()));
  }

  private String silenceWords(Incident incident) {
    return String.join(", ", matches(incident).stream().map(IncidentPage::words).toList());
  }

  private static Match ofPath(String name) {
    return new Match(
        Optional.empty(), Optional.empty(), Optional.of(name), Optional.empty(), Map.of());
  }

  private static Silence asked(Match match, Map<String, String> form, String by, Instant now) {
    String why = form.getOrDefault("why", "").strip();
    if (why.isEmpty() || why.length() > LONGEST_WHY) {
      throw new NoSuchPageException(
          400, "why is missing or too long: say in a sentence why nobody is to be told");
    }
    Duration length;
    try {
      length = Duration.parse(form.getOrDefault("for", ""));
    } catch (java.time.format.DateTimeParseException e) {
      throw new NoSuchPageException(400, "for how long is missing");
    }
    if (!length.isPositive() || length.compareTo(LONGEST_SILENCE) > 0) {
      throw new NoSuchPageException(400, "a silence lasts up to 14 days");
    }
    return new Silence(UUID.randomUUID().toString(), match, now, now.plus(length), why, by);
  }

  private static Silenced silenced(Silence silence) {
    return new Silenced(
        silence.id(),
        words(silence.match()),
        silence.from(),
        silence.to(),
        silence.why(),
        silence.by(),
        !silence.by().equals(Pages.PROBE_FILES));
  }

  private static String words(Match match) {
    List<String> parts = new ArrayList<>();
    match.path().ifPresent(path -> parts.add("path " + path));
    match.group().ifPresent(group -> parts.add("group " + group));
    match.kind().ifPresent(kind -> parts.add(kind.word()));
    match.severity().ifPresent(severity -> parts.add(severity.word() + "s"));
    labels(match.labels().entrySet(), parts);
    return parts.isEmpty() ? "everything" : String.join(", ", parts);
  }

  private static void labels(Collection<Map.Entry<String, String>> labels, List<String> parts) {
    labels.forEach(label -> parts.add(label.getKey() + "=" + label.getValue()));
  }
}
