package io.mailcanary.config;

import io.mailcanary.incident.Route;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// `routes[]`
final class RouteTable extends Table<Route> {
  private final MatchKeys match = new MatchKeys(this);
  private final Key.Sure<List<String>> to =
      required(
          "to",
          Kinds.listOf(Kinds.reference(Section.CHANNELS, Set.of()), "a list of channels", 1),
          "The channels that are told.");
  private final Key.Sure<List<String>> then =
      key(
          "then",
          Kinds.listOf(Kinds.reference(Section.CHANNELS, Set.of()), "a list of channels", 0),
          List.of(),
          "The channels that are told when every one in `to` failed.");
  private final Key.Maybe<Duration> repeat =
      derived(
          "repeat",
          Kinds.duration(Duration.ofMinutes(1), Duration.ofDays(30)),
          "never",
          "How often they are reminded of what nobody has acknowledged.");
  private final Key.Sure<Boolean> goesOn =
      key(
          "continue",
          Kinds.bool(),
          false,
          "Whether the routes after this one are looked at, too, when it matches.");

  RouteTable() {
    super(
        "the keys of a route: to and, where wanted, severity, kind, path, group, labels, then,"
            + " repeat, continue");
  }

  @Override
  void check(Row row) {
    match.check(row);
    List<String> first = row.find(to).orElse(List.of());
    for (String name : row.find(then).orElse(List.of())) {
      if (first.contains(name)) {
        row.fault(
            then,
            "has %s, which stands in 'to' already, expected other channels"
                .formatted(Scalar.quote(name)));
      }
    }
  }

  @Override
  Route build(Row row) {
    return new Route(
        match.build(row), row.get(to), row.get(then), row.find(repeat), row.get(goesOn));
  }
}
