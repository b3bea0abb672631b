package io.mailcanary.prober;

import io.mailcanary.canary.CanaryId;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The canaries in memory.
final class Flights {
  private final Map<CanaryId, Flight> flights = new ConcurrentHashMap<>();

  void add(Flight flight) {
    flights.put(flight.id(), flight);
  }

  /// The flight that is there already, or this one.
  Flight addIfAbsent(Flight flight) {
    Flight there = flights.putIfAbsent(flight.id(), flight);
    return there == null ? flight : there;
  }

  Optional<Flight> find(CanaryId id) {
    return Optional.ofNullable(flights.get(id));
  }

  Collection<Flight> all() {
    return flights.values();
  }

  /// Forgets a flight whose fate is on record; the store knows it from now on.
  void forgetSettled(Flight flight) {
    if (flight.canary().state().isSettled() && flight.isOnRecord()) {
      flights.remove(flight.id());
    }
  }
}
