package io.mailcanary.incident;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// All legs that are watched, and what they have in common.
final class Watched {
  private final RuleSettings settings;
  private final Map<String, PathState> paths = new LinkedHashMap<>();
  private final Map<String, GroupState> groups = new HashMap<>();
  private final Map<String, TraitNode> nodes = new HashMap<>();
  private long lastGood = Long.MIN_VALUE;

  Watched(RuleSettings settings) {
    this.settings = settings;
  }

  /// Exactly these from now on; what is known of those that stay is kept.
  ///
  /// @return those that are watched no longer
  List<Unit> watch(Collection<Leg> legs, Instant now) {
    Set<String> wanted = new TreeSet<>();
    for (Leg leg : legs) {
      wanted.add(leg.key());
      know(leg, now.toEpochMilli());
    }
    List<Unit> gone = new ArrayList<>();
    for (PathState path : List.copyOf(paths.values())) {
      for (Unit unit : List.copyOf(path.units)) {
        if (!wanted.contains(unit.leg.key())) {
          path.units.remove(unit);
          gone.add(unit);
        }
      }
      if (path.units.isEmpty()) {
        paths.remove(path.name);
      }
    }
    link();
    return gone;
  }

  private void know(Leg leg, long now) {
    PathState path =
        paths.computeIfAbsent(leg.path().name(), name -> new PathState(name, settings, now));
    Unit known = path.unit(leg.leg());
    if (known == null) {
      path.units.add(new Unit(path, leg));
    } else {
      if (known.leg.paused() && !leg.paused()) {
        path.lastSent = now;
      }
      known.leg = leg;
    }
  }

  /// Who has what in common.
  private void link() {
    nodes.values().forEach(node -> node.paths.clear());
    groups.values().forEach(group -> group.paths.clear());
    for (PathState path : paths.values()) {
      for (Unit unit : path.units) {
        List<TraitNode> mine = new ArrayList<>();
        unit.leg.traits().forEach((trait, value) -> mine.add(node(trait, value)));
        mine.forEach(node -> node.paths.add(path.name));
        unit.nodes = List.copyOf(mine);
      }
      Optional<String> group = path.units.getFirst().leg.path().group();
      path.group =
          group
              .map(name -> groups.computeIfAbsent(name, n -> new GroupState(n, settings)))
              .orElse(null);
      if (path.group != null) {
        path.group.paths.add(path);
      }
    }
  }

  /// What nobody has any more and no open incident can point at.
  void forgetUnused() {
    nodes.values().removeIf(node -> node.paths.isEmpty());
  }

  TraitNode node(Trait trait, String value) {
    return nodes.computeIfAbsent(trait.word() + ":" + value, _ -> new TraitNode(trait, value));
  }

  /// @param key as in [TraitNode#key]
  @Nullable TraitNode known(String key) {
    return nodes.get(key);
  }

  Collection<PathState> paths() {
    return paths.values();
  }

  @Nullable PathState path(String name) {
    return paths.get(name);
  }

  int size() {
    return paths.size();
  }

  @Nullable Unit unit(String path, String leg) {
    PathState state = paths.get(path);
    return state == null ? null : state.unit(leg);
  }

  /// A canary that was sent then arrived.
  void passed(Unit unit, long sentAt) {
    lastGood = Math.max(lastGood, sentAt);
    if (unit.alarm != null) {
      // That it recovers says nothing against what it has in common with those that failed.
      return;
    }
    List<TraitNode> mine = unit.nodes;
    for (int i = 0; i < mine.size(); i++) {
      mine.get(i).passed(sentAt);
    }
  }

  /// Whether anything arrived anywhere that was sent after `onset`.
  boolean isPassing(long onset) {
    return lastGood > onset;
  }

  /// Our own clock was set.
  void shift(long millis) {
    for (PathState path : paths.values()) {
      path.lastSent += millis;
      path.lastFailed = shifted(path.lastFailed, millis);
      for (Unit unit : path.units) {
        unit.recent.shift(millis);
        unit.lastTurn = shifted(unit.lastTurn, millis);
      }
    }
    nodes.values().forEach(node -> node.shift(millis));
    lastGood = shifted(lastGood, millis);
  }

  private static long shifted(long at, long by) {
    return at == Long.MIN_VALUE ? at : at + by;
  }
}
