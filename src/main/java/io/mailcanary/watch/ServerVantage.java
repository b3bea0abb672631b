package io.mailcanary.watch;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.Question;
import io.mailcanary.dns.Vantage;
import io.mailcanary.dns.Vantages;
import io.mailcanary.dns.ZoneFacts;
import io.mailcanary.dns.ZoneFacts.ServerView;
import io.mailcanary.resolver.Zone;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// DNS as a resolver with an empty cache sees it that takes these servers, one for each zone: what
/// stands there now, whatever others still remember.
final class ServerVantage implements Vantage {
  private final Map<DnsName, Place> places;
  private final Sources sources;
  private final Vantage others;

  private record Place(ZoneFacts zone, ServerView server) {}

  private ServerVantage(Map<DnsName, Place> places, Sources sources, Vantage others) {
    this.places = places;
    this.sources = sources;
    this.others = others;
  }

  /// The first server of each zone that answers, and this one of its own.
  static ServerVantage of(List<ZoneFacts> zones, ServerView own, Sources sources, Vantage others) {
    Map<DnsName, Place> places = new TreeMap<>();
    for (ZoneFacts zone : zones) {
      zone.answering().stream()
          .findFirst()
          .ifPresent(server -> places.put(zone.zone(), new Place(zone, server)));
    }
    ZoneFacts first = zones.getFirst();
    places.put(first.zone(), new Place(first, own));
    return new ServerVantage(places, sources, others);
  }

  @Override
  public DnsAnswer ask(Question question) {
    return place(question.name())
        .map(place -> at(place, question))
        .orElseGet(() -> others.ask(question));
  }

  private DnsAnswer at(Place place, Question question) {
    if (place.server().answers().containsKey(question)) {
      return Vantages.at(place.zone(), place.server(), this).ask(question);
    }
    DnsAnswer answer =
        sources.ask(new Zone.Server(place.server().name(), place.server().address()), question);
    return switch (answer) {
      // It stands in a zone further down.
      case DnsAnswer.Lame _ -> others.ask(question);
      case DnsAnswer other ->
          Vantages.at(
                  place.zone(),
                  new ServerView(
                      place.server().name(),
                      place.server().address(),
                      Map.of(question, other),
                      Optional.empty()),
                  this)
              .ask(question);
    };
  }

  /// The zone nearest to the name.
  private Optional<Place> place(DnsName name) {
    return places.entrySet().stream()
        .filter(entry -> name.isWithin(entry.getKey()))
        .max((a, b) -> Integer.compare(a.getKey().labels().size(), b.getKey().labels().size()))
        .map(Map.Entry::getValue);
  }
}
