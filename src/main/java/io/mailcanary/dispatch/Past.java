package io.mailcanary.dispatch;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.incident.Incident;
import io.mailcanary.path.MailPath;
import io.mailcanary.runtime.Plan;
import io.mailcanary.store.LatestNews;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The canaries from which one who begins to judge learns what those before knew: the shares, the
/// burn rates and the usual latency of each path. Of few paths that is all of the longest window;
/// of many it is less, except for those that are in trouble.
final class Past {
  /// The longest window of the burn rates.
  private static final Duration LONGEST = Duration.ofDays(3);

  private static final int IN_ALL = 100_000;
  private static final int FEWEST = 20;
  private static final int MOST = 1_500;

  /// From nothing to an alarm a share that is worth one takes far fewer.
  private static final int IN_TROUBLE = 300;

  private static final int MOST_IN_TROUBLE = 300;

  private final IncidentDesk.Ports ports;
  private final Plan plan;
  private final List<Incident> open;

  /// @param said what a server said of it last; null when nobody said anything
  record Known(Canary canary, LatestNews.@Nullable Said said) {}

  Past(IncidentDesk.Ports ports, Plan plan, List<Incident> open) {
    this.ports = ports;
    this.plan = plan;
    this.open = open;
  }

  /// Oldest first.
  List<Known> canaries(Instant now) {
    Map<CanaryId, Canary> found = new TreeMap<>();
    int each = Math.clamp(IN_ALL / Math.max(1, plan.paths().size()), FEWEST, MOST);
    Instant since = now.minus(LONGEST);
    ports.canaries().recent(since, each).forEach(one -> found.put(one.id(), one));
    if (each < IN_TROUBLE) {
      for (String path : inTrouble()) {
        ports.canaries().page(path, null, null, IN_TROUBLE).stream()
            .filter(one -> !one.start().isBefore(since))
            .forEach(one -> found.put(one.id(), one));
      }
    }
    return known(found.values());
  }

  /// With all others of their groups, to which they are compared.
  private Collection<String> inTrouble() {
    Set<String> paths = new LinkedHashSet<>();
    Set<String> groups = new LinkedHashSet<>();
    for (Incident incident : open) {
      for (String name : incident.paths()) {
        paths.add(name);
        plan.path(name).flatMap(MailPath::group).ifPresent(groups::add);
      }
    }
    plan.paths().values().stream()
        .filter(path -> path.group().filter(groups::contains).isPresent())
        .forEach(path -> paths.add(path.name()));
    return paths.stream().limit(MOST_IN_TROUBLE).toList();
  }

  private List<Known> known(Collection<Canary> canaries) {
    List<Canary> told = canaries.stream().filter(Past::isToldByRecord).toList();
    Map<CanaryId, LatestNews.Said> said =
        ports.latest().said(told.stream().filter(Past::hasStory).map(Canary::id).toList());
    List<Known> known = new ArrayList<>();
    for (Canary canary : told) {
      known.add(new Known(canary, said.get(canary.id())));
    }
    return known;
  }

  /// What is on its way may have arrived since: whoever looks for it tells of it.
  private static boolean isToldByRecord(Canary canary) {
    return switch (canary.state()) {
      case CanaryState.Pending _, CanaryState.InTransit _ -> canary.arrival() != null;
      case CanaryState.Deferred _,
          CanaryState.Overdue _,
          CanaryState.Delivered _,
          CanaryState.DeliveredLate _,
          CanaryState.Misfiled _,
          CanaryState.Bounced _,
          CanaryState.Rejected _,
          CanaryState.Lost _,
          CanaryState.Unobservable _ ->
          true;
    };
  }

  /// Whether somebody may have said something that counts.
  private static boolean hasStory(Canary canary) {
    boolean late =
        Optional.ofNullable(canary.latency())
            .filter(took -> took.compareTo(canary.promise().within()) > 0)
            .isPresent();
    return canary.arrival() == null || late;
  }
}
