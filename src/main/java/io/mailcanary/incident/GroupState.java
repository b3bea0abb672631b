package io.mailcanary.incident;

import java.util.ArrayList;
import java.util.List;

/// What the rules know of a population of receivers.
final class GroupState {
  final String name;
  final RateWatch rate;
  final List<PathState> paths = new ArrayList<>();

  GroupState(String name, RuleSettings settings) {
    this.name = name;
    this.rate = new RateWatch(settings);
  }

  boolean isInTrouble() {
    for (PathState path : paths) {
      if (path.isInTrouble()) {
        return true;
      }
    }
    return false;
  }
}
