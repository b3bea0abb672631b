package io.mailcanary.submission;

import io.mailcanary.canary.Evidence;
import io.mailcanary.canary.Evidence.Failure;
import io.mailcanary.canary.Handover;
import io.mailcanary.canary.Stage;
import io.mailcanary.submission.RoutePlan.Exchanger;
import io.mailcanary.submission.RoutePlan.Exchangers;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// Tries the hosts of a domain as a mail server does: the most preferred first, equals in any
/// order, the next one where a host cannot be reached or does not want it now (RFC 5321 §5.1).
public final class Exchange {
  /// As many as a mail server tries within one attempt, and some.
  private static final int MOST_HOSTS = 10;

  private final RoutePlan plan;
  private final InstantSource clock;

  public Exchange(RoutePlan plan, InstantSource clock) {
    this.plan = plan;
    this.clock = clock;
  }

  /// Hands a message to one host.
  @FunctionalInterface
  public interface Attempt {
    Evidence at(String host);
  }

  public Evidence submit(Route.ToExchangers route, Attempt attempt) {
    return switch (plan.exchangers(route.domain())) {
      case Exchangers.Found found -> walk(inOrder(found.hosts()), attempt);
      case Exchangers.None(String sentence) -> nobody(route, Failure.Kind.NO_ROUTE, sentence);
      case Exchangers.Unknown(String sentence) -> nobody(route, Failure.Kind.DNS, sentence);
    };
  }

  private static Evidence walk(List<Exchanger> hosts, Attempt attempt) {
    List<Evidence> earlier = new ArrayList<>();
    Evidence last = attempt.at(hosts.getFirst().host());
    for (Exchanger host : hosts.subList(1, Math.min(hosts.size(), MOST_HOSTS))) {
      if (!leavesItToOthers(last)) {
        break;
      }
      earlier.add(last);
      last = attempt.at(host.host());
    }
    return last.after(earlier);
  }

  /// A host that greets with a refusal speaks for itself alone (RFC 5321 §3.1); one that refuses
  /// the recipient speaks for the domain.
  private static boolean leavesItToOthers(Evidence evidence) {
    return switch (Handover.of(evidence)) {
      case ACCEPTED, IN_DOUBT -> false;
      case DEFERRED -> true;
      case REFUSED -> evidence.stage().compareTo(Stage.MAIL) < 0;
    };
  }

  private static List<Exchanger> inOrder(List<Exchanger> hosts) {
    List<Exchanger> order = new ArrayList<>(hosts);
    Collections.shuffle(order);
    order.sort(Comparator.comparingInt(Exchanger::preference));
    return order;
  }

  private Evidence nobody(Route.ToExchangers route, Failure.Kind kind, String sentence) {
    Instant now = clock.instant();
    return new Evidence(
        now,
        Stage.CONNECT,
        null,
        new Failure(kind, sentence),
        route.domain().toString(),
        null,
        null,
        null,
        false,
        Map.of());
  }
}
