package io.mailcanary.runtime;

import io.mailcanary.incident.Channel;
import io.mailcanary.incident.Match;
import io.mailcanary.incident.Route;
import io.mailcanary.incident.RuleSettings;
import io.mailcanary.incident.Silence;
import io.mailcanary.path.Heartbeat;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Who is told.
///
/// @param channels by name, in the order of the files
/// @param routes the first that matches is taken
/// @param silences those of the probe files
/// @param rules when there is something to tell
/// @param cautions why a channel may fail together with what it reports on, by its name
public record Paging(
    Map<String, Channel> channels,
    List<Route> routes,
    Optional<Heartbeat> heartbeat,
    List<Silence> silences,
    RuleSettings rules,
    Map<String, String> cautions) {

  public static final Paging NOBODY = new Paging(Map.of(), List.of(), Optional.empty(), List.of());

  /// By the rules that hold where nothing is said of them.
  public Paging(
      Map<String, Channel> channels,
      List<Route> routes,
      Optional<Heartbeat> heartbeat,
      List<Silence> silences) {
    this(channels, routes, heartbeat, silences, RuleSettings.DEFAULT, Map.of());
  }

  /// Without a word on routes, everybody is told everything.
  public Paging {
    channels = Collections.unmodifiableMap(new LinkedHashMap<>(channels));
    silences = List.copyOf(silences);
    cautions = Collections.unmodifiableMap(new LinkedHashMap<>(cautions));
    routes =
        routes.isEmpty() && !channels.isEmpty() ? List.of(toAll(channels)) : List.copyOf(routes);
  }

  /// The same with these words of caution.
  public Paging cautioning(Map<String, String> words) {
    return new Paging(channels, routes, heartbeat, silences, rules, words);
  }

  private static Route toAll(Map<String, Channel> channels) {
    return new Route(
        Match.EVERYTHING, List.copyOf(channels.keySet()), List.of(), Optional.empty(), false);
  }
}
