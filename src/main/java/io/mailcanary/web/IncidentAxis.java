package io.mailcanary.web;

import io.mailcanary.incident.Incident;
import io.mailcanary.incident.TimelineEntry;
import io.mailcanary.store.CanaryMark;
import io.mailcanary.verdict.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Everything of an incident on one axis of time: cause stands left of effect.
final class IncidentAxis {
  private static final int WIDTH = 1180;
  private static final int LEFT = 190;
  private static final int RIGHT = 30;
  private static final int LANE = 42;
  private static final int TOP = 22;
  private static final double CHARACTER = 6.7;
  private static final int LONGEST = 44;

  private final Instant from;
  private final Instant to;
  private final List<Lane> lanes = new ArrayList<>();

  /// @param spot something that happened, as it is drawn and named
  record Axis(
      int width,
      int height,
      int left,
      List<Lane> lanes,
      double begun,
      double over,
      List<LatencyChart.Tick> ticks,
      String words) {}

  /// @param y of its line
  record Lane(
      String id, String title, String link, double y, List<Cells.Part> parts, List<Spot> spots) {}

  /// @param label empty where there is no room for it
  record Spot(double x, String kind, String label, double labelX, String anchor, String title) {}

  /// Something that is going to be a spot.
  record Event(Instant at, String kind, String label, String title) {}

  /// A path's canaries.
  record PathLane(String name, String expected, List<CanaryMark> marks) {}

  private IncidentAxis(Instant from, Instant to) {
    this.from = from;
    this.to = to;
  }

  /// From somewhat before the first cause to somewhat after the end.
  static Instant begin(Incident incident, Instant now) {
    Instant first =
        incident.changesBefore().stream()
            .map(change -> change.at())
            .filter(at -> at.isAfter(incident.openedAt().minus(Duration.ofHours(1))))
            .min(Instant::compareTo)
            .filter(at -> at.isBefore(incident.openedAt()))
            .orElse(incident.openedAt());
    return first.minus(pad(incident, now));
  }

  static Instant end(Incident incident, Instant now) {
    Instant resolved = incident.resolvedAt();
    Instant end = resolved == null ? now : resolved.plus(pad(incident, now));
    return end.isAfter(now) ? now : end;
  }

  private static Duration pad(Incident incident, Instant now) {
    Instant end = incident.resolvedAt() == null ? now : incident.resolvedAt();
    Duration tenth = Duration.between(incident.openedAt(), end).dividedBy(8);
    return tenth.compareTo(Duration.ofMinutes(1)) < 0 ? Duration.ofMinutes(1) : tenth;
  }

  static Axis of(
      Incident incident,
      List<Event> changes,
      List<Event> records,
      List<PathLane> paths,
      List<Event> people,
      Instant now) {
    IncidentAxis axis = new IncidentAxis(begin(incident, now), end(incident, now));
    axis.lane("changes", "Changes", "/changes", changes);
    axis.lane("dns", "DNS and certificates", "", records);
    paths.forEach(path -> axis.path(path, now));
    axis.lane("people", "People", "", people);
    Instant resolved = incident.resolvedAt();
    return new Axis(
        WIDTH,
        TOP + axis.lanes.size() * LANE + 22,
        LEFT,
        axis.lanes,
        axis.x(incident.openedAt()),
        axis.x(resolved == null ? axis.to : resolved),
        axis.ticks(),
        "Time line from %s to %s UTC".formatted(Times.second(axis.from), Times.second(axis.to)));
  }

  private double nextLine() {
    return TOP + lanes.size() * LANE + LANE / 2.0;
  }

  private void lane(String id, String title, String link, List<Event> events) {
    lanes.add(new Lane(id, title, link, nextLine(), List.of(), spots(events)));
  }

  private List<Spot> spots(List<Event> events) {
    List<Event> inside =
        events.stream()
            .filter(event -> !event.at().isBefore(from) && !event.at().isAfter(to))
            .sorted(Comparator.comparing(Event::at))
            .toList();
    List<Spot> spots = new ArrayList<>();
    double free = LEFT;
    for (int i = 0; i < inside.size(); i++) {
      Event event = inside.get(i);
      double x = x(event.at());
      String label = cut(event.label());
      double wide = label.length() * CHARACTER;
      boolean left = x + 8 + wide > WIDTH - 4;
      double begins = left ? x - 8 - wide : x - 4;
      if (begins < free && spots.size() > 0 || begins < LEFT - 60) {
        spots.add(new Spot(x, event.kind(), "", 0, "start", event.title()));
      } else {
        spots.add(
            new Spot(
                x,
                event.kind(),
                label,
                left ? x + 4 : x - 4,
                left ? "end" : "start",
                event.title()));
        free = left ? x + 8 : begins + wide + 8;
      }
    }
    return spots;
  }

  private void path(PathLane path, Instant now) {
    double y = nextLine();
    Map<Shapes, StringBuilder> parts = new EnumMap<>(Shapes.class);
    List<Event> late = new ArrayList<>();
    for (CanaryMark mark : path.marks()) {
      Shapes shape = Shapes.of(mark, path.expected(), now);
      parts
          .computeIfAbsent(shape, _ -> new StringBuilder())
          .append(LatencyChart.drawn(shape, x(mark.start()), y));
      Duration took = mark.latency();
      if (took != null && took.compareTo(mark.within()) > 0) {
        late.add(new Event(mark.start().plus(took), "late", "", ""));
      }
    }
    List<Cells.Part> drawn =
        parts.entrySet().stream()
            .map(one -> new Cells.Part(one.getKey().word(), one.getValue().toString()))
            .toList();
    lanes.add(
        new Lane(
            path.name(),
            path.name(),
            PathPageController.at(path.name()),
            y,
            drawn,
            spots(together(late))));
  }

  /// Late deliveries that came together are told together.
  private List<Event> together(List<Event> late) {
    List<Event> sorted = late.stream().sorted(Comparator.comparing(Event::at)).toList();
    Duration near = Duration.between(from, to).dividedBy(25);
    List<Event> groups = new ArrayList<>();
    int i = 0;
    while (i < sorted.size()) {
      Instant first = sorted.get(i).at();
      int count = 0;
      Instant last = first;
      while (i < sorted.size() && sorted.get(i).at().isBefore(first.plus(near))) {
        last = sorted.get(i).at();
        count++;
        i++;
      }
      groups.add(
          new Event(
              last,
              "late",
              count == 1 ? "1 late delivery" : count + " late deliveries",
              "%d canaries arrived late, until %s".formatted(count, Times.second(last))));
    }
    return groups;
  }

  private List<LatencyChart.Tick> ticks() {
    long length = Math.max(1, Duration.between(from, to).toMillis());
    long step = 60_000;
    for (long one :
        new long[] {
          10_000,
          30_000,
          60_000,
          120_000,
          300_000,
          600_000,
          1_800_000,
          3_600_000,
          10_800_000,
          21_600_000,
          86_400_000
        }) {
      step = one;
      if (length / one <= 9) {
        break;
      }
    }
    List<LatencyChart.Tick> ticks = new ArrayList<>();
    for (long at = (from.toEpochMilli() / step + 1) * step;
        at <= to.toEpochMilli() && ticks.size() < 40;
        at += step) {
      Instant instant = Instant.ofEpochMilli(at);
      ticks.add(
          new LatencyChart.Tick(
              x(instant),
              step < 60_000
                  ? Times.second(instant)
                  : step >= 21_600_000 ? Times.day(instant) : Times.minute(instant)));
    }
    return ticks;
  }

  private double x(Instant at) {
    double share =
        (double) Duration.between(from, at).toMillis()
            / Math.max(1, Duration.between(from, to).toMillis());
    return Math.round((LEFT + Math.clamp(share, 0, 1) * (WIDTH - LEFT - RIGHT)) * 10) / 10.0;
  }

  private static String cut(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
  }

  /// What a change is on the axis.
  static Event event(Change change) {
    boolean gone = change.after().isEmpty() && !change.before().isEmpty();
    boolean came = change.before().isEmpty() && !change.after().isEmpty();
    String kind =
        switch (change.kind()) {
          case MARKER, CONFIGURATION -> "deed";
          case RECORD, CERTIFICATE -> gone ? "bad" : came ? "good" : "deed";
        };
    return new Event(
        change.at(),
        kind,
        // What was there is told when one points at it.
        change.what().split(": ", 2)[0],
        "%s %s%s"
            .formatted(
                Times.second(change.at()),
                change.what(),
                change.who().isEmpty() ? "" : ", by " + change.who()));
  }

  /// What a step of the incident is on the axis; steps that only add evidence are none.
  static List<Event> events(List<TimelineEntry> timeline) {
    List<Event> events = new ArrayList<>();
    for (TimelineEntry entry : timeline) {
      String title = Times.second(entry.at()) + " " + entry.text();
      switch (entry.kind()) {
        case OPENED -> events.add(new Event(entry.at(), "bad", "opened", title));
        case ACKNOWLEDGED -> events.add(new Event(entry.at(), "deed", "acknowledged", title));
        case RESOLVED -> events.add(new Event(entry.at(), "good", "resolved", title));
        case SILENCED -> events.add(new Event(entry.at(), "deed", "silenced", title));
        case EVIDENCE, CORRECTED, FLAPPING, RECOVERING -> {}
      }
    }
    return events;
  }
}
