package io.mailcanary.incident;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the rules know of one path, all legs together.
final class PathState {
  final String name;
  final List<Unit> units = new ArrayList<>(1);
  final RateWatch rate;
  final LatencyDrift drift;
  @Nullable GroupState group;
  long lastSent;
  long lastFailed = Long.MIN_VALUE;
  boolean silent;

  PathState(String name, RuleSettings settings, long now) {
    this.name = name;
    this.rate = new RateWatch(settings);
    this.drift = new LatencyDrift(settings.drift());
    this.lastSent = now;
  }

  /// The leg of that name; null when there is none.
  @Nullable Unit unit(String leg) {
    for (int i = 0; i < units.size(); i++) {
      if (units.get(i).leg.leg().equals(leg)) {
        return units.get(i);
      }
    }
    return null;
  }

  boolean isInTrouble() {
    for (Unit unit : units) {
      if (unit.alarm != null) {
        return true;
      }
    }
    return false;
  }
}
