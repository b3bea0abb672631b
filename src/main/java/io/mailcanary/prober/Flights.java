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

  /// Forgets a flight that nobody here has to wait for, once all is on record; the store knows it
  /// from now on.
  void forgetSettled(Flight flight) {
    if ((flight.canary().state().isSettled() || !flight.isOurs()) && flight.isOnRecord()) {
      flights.remove(flight.id());
    }
  }

  /// Another replica takes care of it.
  void give(Flight flight) {
    flight.give();
    flights.remove(flight.id());
  }
}
