package io.mailcanary.world;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;
import org.xbill.DNS.Zone;

/// All the zones that there are.
final class Zones {
  private final List<PublishedZone> zones;

  private Zones(List<PublishedZone> zones) {
    this.zones = zones;
  }

  static Zones of(List<PublishedZone> zones) {
    return new Zones(List.copyOf(zones));
  }

  List<PublishedZone> all() {
    return zones;
  }

  /// Reads the zones from the text files beside this class.
  ///
  /// @param variables what stands for `${NAME}` in them
  static Zones load(List<String> origins, Map<String, String> variables) throws IOException {
    List<PublishedZone> zones = new ArrayList<>();
    for (String origin : origins) {
      zones.add(PublishedZone.load(origin, variables));
    }
    return new Zones(List.copyOf(zones));
  }

  /// Publishes a new edition of a zone with something changed in it.
  ///
  /// @return publishes one without that change again
  Repair edit(String origin, Consumer<ZoneEdit> change) {
    return published(origin).edit(change);
  }

  /// Makes the servers of a zone fail.
  Repair fail(String origin) {
    return published(origin).fail();
  }

  /// The zone with this origin, to change its records until its next edition.
  Zone zone(String origin) {
    return published(origin).edition();
  }

  private PublishedZone published(String origin) {
    String absolute = origin.endsWith(".") ? origin : origin + ".";
    return zones.stream()
        .filter(zone -> zone.origin().toString().equals(absolute))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(origin + ": no such zone"));
  }

  /// The zone that a name is in, as found along the delegations.
  Optional<PublishedZone> delegated(Name name) {
    return enclosing(name, this::isReachable);
  }

  /// The zone that a name is in, among those chosen.
  Optional<PublishedZone> enclosing(Name name, Predicate<PublishedZone> chosen) {
    return zones.stream()
        .filter(zone -> name.subdomain(zone.origin()))
        .filter(chosen)
        .max(Comparator.comparingInt(zone -> zone.origin().labels()));
  }

  private boolean isReachable(PublishedZone zone) {
    if (zone.origin().equals(Name.root)) {
      return true;
    }
    Optional<PublishedZone> parent =
        enclosing(zone.origin(), other -> other != zone && isReachable(other));
    return parent.isPresent()
        && parent.get().edition().findExactMatch(zone.origin(), Type.NS) != null;
  }
}
