package io.mailcanary.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// A wheel that keeps what it was told.
final class Turns implements Wheel {
  private final List<Told> told = new ArrayList<>();

  record Told(List<String> paths, Instant slot, Instant at) {
    Duration lateness() {
      return Duration.between(slot, at);
    }
  }

  @Override
  public synchronized void due(List<String> paths, Instant slot) {
    told.add(new Told(paths, slot, Instant.now()));
  }

  synchronized List<Told> all() {
    return List.copyOf(told);
  }

  List<Instant> slotsOf(String path) {
    return all().stream().filter(turn -> turn.paths().contains(path)).map(Told::slot).toList();
  }

  int count(String path) {
    return slotsOf(path).size();
  }
}
