package io.mailcanary.incident;

import io.mailcanary.path.MailPath;
import io.mailcanary.verdict.Words;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Who is told of an incident, and when people are left alone.
public final class Policy {
  private Policy() {}

  /// The routes that an incident takes, in their order.
  ///
  /// @param paths finds a path by its name
  public static List<Route> routes(
      Incident incident, List<Route> routes, Function<String, Optional<MailPath>> paths) {
    List<Route> taken = new ArrayList<>();
    for (Route route : routes) {
      if (matchesAny(route.match(), incident, paths)) {
        taken.add(route);
        if (!route.goesOn()) {
          break;
        }
      }
    }
    return taken;
  }

  /// The silence that covers all of an incident now, the one that lasts longest.
  public static Optional<Silence> silence(
      Incident incident,
      Collection<Silence> silences,
      Function<String, Optional<MailPath>> paths,
      Instant now) {
    return silences.stream()
        .filter(silence -> silence.isActive(now))
        .filter(silence -> matchesAll(silence.match(), incident, paths))
        .max((a, b) -> a.to().compareTo(b.to()));
  }

  /// Whether people are reminded.
  ///
  /// @param lastTold when they were told last along this route
  public static Decision reminder(Incident incident, Route route, Instant lastTold, Instant now) {
    if (incident.state() != IncidentState.OPEN) {
      return new Decision.Nothing("it is " + incident.state().word());
    }
    if (route.repeat().isEmpty()) {
      return new Decision.Nothing("the route repeats nothing");
    }
    Duration repeat = route.repeat().get();
    if (lastTold.plus(repeat).isAfter(now)) {
      return new Decision.Nothing("people were told less than " + Words.of(repeat) + " ago");
    }
    return new Decision.Remind(
        incident, "nobody took it on within " + Words.of(Duration.between(lastTold, now)));
  }

  private static boolean fits(Match match, Incident incident) {
    return match.severity().map(wanted -> wanted == incident.severity()).orElse(true)
        && match.kind().map(wanted -> wanted == incident.kind()).orElse(true);
  }

  private static boolean isOfPaths(Match match) {
    return match.path().isPresent() || match.group().isPresent() || !match.labels().isEmpty();
  }

  private static boolean matchesAny(
      Match match, Incident incident, Function<String, Optional<MailPath>> paths) {
    return fits(match, incident)
        && (!isOfPaths(match)
            || incident.paths().stream().anyMatch(name -> matches(match, name, paths)));
  }

  /// A silence for some of the paths silences nothing that hits others, too.
  private static boolean matchesAll(
      Match match, Incident incident, Function<String, Optional<MailPath>> paths) {
    return fits(match, incident)
        && (!isOfPaths(match)
            || (!incident.paths().isEmpty()
                && incident.paths().stream().allMatch(name -> matches(match, name, paths))));
  }

  private static boolean matches(
      Match match, String name, Function<String, Optional<MailPath>> paths) {
    if (match.path().map(wanted -> !wanted.equals(name)).orElse(false)) {
      return false;
    }
    Optional<MailPath> path = paths.apply(name);
    boolean group = match.group().isEmpty() || path.flatMap(MailPath::group).equals(match.group());
    boolean labels =
        match.labels().isEmpty()
            || path.map(one -> one.labels().entrySet().containsAll(match.labels().entrySet()))
                .orElse(false);
    return group && labels;
  }
}
