package io.mailcanary.prober;

import io.mailcanary.path.Cadence;
import io.mailcanary.path.Family;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Relay;
import io.mailcanary.path.Variant;
import io.mailcanary.runtime.Agenda;
import io.mailcanary.runtime.Cancellable;
import io.mailcanary.runtime.Plan;
import io.mailcanary.submission.Route;
import io.mailcanary.submission.RoutePlan;
import io.mailcanary.submission.RoutePlan.Exchanger;
import io.mailcanary.submission.RoutePlan.Exchangers;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The legs of all paths. What DNS says of them is asked again and again, as long as its answers
/// hold; a leg that is no longer there is retired.
final class Legs implements AutoCloseable {
  /// More would take turns too slowly to tell anything.
  static final int MOST = 64;

  private static final Logger LOG = LoggerFactory.getLogger(Legs.class);

  /// The resolver remembers no answer for longer.
  private static final Duration ANEW = Duration.ofSeconds(30);

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

  private final RoutePlan routes;
  private final Agenda agenda;
  private final InstantSource clock;
  private final Consumer<String> changed;
  private final Map<String, Known> known = new ConcurrentHashMap<>();
  private final AtomicLong turn = new AtomicLong();
  private volatile Map<String, Relay> relays = Map.of();
  private volatile boolean closed;

  /// @param legs empty until DNS was asked for the first time
  private record Known(MailPath path, List<Relay> relays, List<Leg> legs, Cancellable next) {
    Known {
      relays = List.copyOf(relays);
      legs = List.copyOf(legs);
    }
  }

  /// What DNS said of one variant.
  private record Found(List<Leg> legs, boolean sure) {}

  /// @param changed is told the name of a path whose legs are others now
  Legs(RoutePlan routes, Agenda agenda, InstantSource clock, Consumer<String> changed) {
    this.routes = routes;
    this.agenda = agenda;
    this.clock = clock;
    this.changed = changed;
  }

  /// Knows the legs of these paths from now on, and of no others.
  void follow(Plan plan) {
    relays = plan.relays();
    known.forEach((name, old) -> {
      if (!plan.paths().containsKey(name)) {
        old.next().cancel();
        known.remove(name);
      }
    });
    plan.paths().values().forEach(this::follow);
  }

  private void follow(MailPath path) {
    Known old = known.get(path.name());
    List<Relay> used = path.allVia().stream().filter(relays::containsKey).map(relays::get).toList();
    if (old != null && old.path().equals(path) && old.relays().equals(used)) {
      return;
    }
    if (old != null) {
      old.next().cancel();
    }
    if (Variant.of(path).stream().anyMatch(this::needsDns)) {
      known.put(path.name(), new Known(path, used, List.of(), () -> {}));
      known.computeIfPresent(
          path.name(),
          (name, fresh) ->
              new Known(path, used, List.of(), agenda.at(clock.instant(), () -> ask(name))));
    } else {
      List<Leg> legs = new ArrayList<>();
      Variant.of(path).forEach(variant -> through(variant).ifPresent(legs::add));
      known.put(path.name(), new Known(path, used, legs, () -> {}));
      changed.accept(path.name());
    }
  }

  private boolean needsDns(Variant variant) {
    Relay relay = relays.get(variant.path().via());
    return variant.path().via().equals(MailPath.EACH_MX) || (relay != null && relay.eachAddress());
  }

  /// Whether its legs have yet to be asked for.
  boolean isUnknown(String path) {
    Known one = known.get(path);
    return one != null && one.legs().isEmpty();
  }

  /// Their names, in the order of their turns.
  List<String> names(String path) {
    Known one = known.get(path);
    return one == null ? List.of("") : one.legs().stream().map(Leg::name).toList();
  }

  Optional<Leg> find(String path, String name) {
    Known one = known.get(path);
    return one == null
        ? Optional.empty()
        : one.legs().stream().filter(leg -> leg.name().equals(name)).findFirst();
  }

  /// The path with the values of a leg, even of one that is retired.
  static MailPath variant(MailPath path, String leg) {
    return Variant.of(path).stream()
        .filter(variant -> !variant.leg().isEmpty())
        .filter(variant -> leg.equals(variant.leg()) || leg.startsWith(variant.leg() + ","))
        .map(Variant::path)
        .findFirst()
        .orElse(path);
  }

  /// The leg whose turn a slot is: told by the slot itself, so that replicas and restarts do not
  /// send on one leg twice and on another never.
  Optional<Leg> inTurn(MailPath path, Instant slot) {
    return switch (path.cadence()) {
      case Cadence.Every(Duration period) ->
          at(path.name(), slot.toEpochMilli() / Math.max(1, period.toMillis()));
      case Cadence.Cron _ -> next(path.name());
    };
  }

  /// The next one, whatever the time.
  Optional<Leg> next(String path) {
    return at(path, turn.getAndIncrement());
  }

  private Optional<Leg> at(String path, long number) {
    List<Leg> legs = Optional.ofNullable(known.get(path)).map(Known::legs).orElse(List.of());
    return legs.isEmpty()
        ? Optional.empty()
        : Optional.of(legs.get((int) Math.floorMod(number, (long) legs.size())));
  }

  /// Asks DNS for the legs of a path, now.
  void ask(String name) {
    Known old = known.get(name);
    if (old == null || closed) {
      return;
    }
    List<Leg> legs = new ArrayList<>();
    boolean sure = true;
    for (Variant variant : Variant.of(old.path())) {
      Found found = found(variant, old);
      legs.addAll(found.legs());
      sure &= found.sure();
    }
    if (legs.size() > MOST) {
      LOG.warn("path {} has {} legs, {} of them take turns", name, legs.size(), MOST);
    }
    replace(old, legs.subList(0, Math.min(legs.size(), MOST)), sure);
  }

  private void replace(Known old, List<Leg> legs, boolean sure) {
    String name = old.path().name();
    Instant again = clock.instant().plus(sure ? ANEW : AFTER_FAILURE);
    known.computeIfPresent(
        name,
        (_, now) -> {
          if (!now.path().equals(old.path()) || !now.relays().equals(old.relays())) {
            // Other probe files came meanwhile.
            return now;
          }
          now.next().cancel();
          return new Known(old.path(), old.relays(), legs, agenda.at(again, () -> ask(name)));
        });
    if (!legs.equals(old.legs())) {
      if (!old.legs().isEmpty()) {
        LOG.info("path {} has other legs now: {}", name, legs.stream().map(Leg::name).toList());
      }
      changed.accept(name);
    }
  }

  private Found found(Variant variant, Known before) {
    if (variant.path().via().equals(MailPath.EACH_MX)) {
      return exchangers(variant, before);
    }
    Relay relay = relays.get(variant.path().via());
    return relay != null && relay.eachAddress()
        ? new Found(addresses(variant, variant.leg(), relay), true)
        : new Found(through(variant).map(List::of).orElse(List.of()), true);
  }

  private Optional<Leg> through(Variant variant) {
    MailPath path = variant.path();
    if (path.isDirect()) {
      return Optional.of(
          new Leg(
              variant.leg(),
              path,
              new Route.ToExchangers(path.direct(), path.to().domain(), variant.family())));
    }
    return Optional.ofNullable(relays.get(path.via()))
        .map(relay -> new Leg(variant.leg(), path, new Route.Through(relay, variant.family())));
  }

  private Found exchangers(Variant variant, Known before) {
    MailPath path = variant.path();
    return switch (routes.exchangers(path.to().domain())) {
      case Exchangers.Found found -> {
        List<Leg> legs = new ArrayList<>();
        for (Exchanger host : found.hosts()) {
          String name = Variant.join(variant.leg(), "mx=" + host.host());
          legs.addAll(addresses(variant, name, path.direct().at(host.host())));
        }
        yield new Found(legs, true);
      }
      // As it is for any mail server: nobody to send to.
      case Exchangers.None _ -> new Found(List.of(through(variant).orElseThrow()), false);
      // What is known may still be right; that DNS fails is a leg of its own meanwhile.
      case Exchangers.Unknown _ -> {
        List<Leg> legs = new ArrayList<>();
        before.legs().stream()
            .filter(leg -> leg.path().equals(path) && !leg.name().equals(variant.leg()))
            .forEach(legs::add);
        legs.add(through(variant).orElseThrow());
        yield new Found(legs, false);
      }
    };
  }

  /// A leg for each address; one without where the host has none, which is what shows that.
  private List<Leg> addresses(Variant variant, String name, Relay relay) {
    Family family = variant.family();
    try {
      List<Leg> legs =
          routes.addresses(relay.host()).stream()
              .filter(family::fits)
              .distinct()
              .sorted(Comparator.comparing(InetAddress::getHostAddress))
              .map(address ->
                  new Leg(
                      Variant.join(name, "address=" + address.getHostAddress()),
                      variant.path(),
                      new Route.At(relay, address)))
              .toList();
      if (!legs.isEmpty()) {
        return legs;
      }
    } catch (UnknownHostException _) {
      // The attempt will say what is wrong.
    }
    return List.of(new Leg(name, variant.path(), new Route.Through(relay, family)));
  }

  @Override
  public void close() {
    closed = true;
    known.values().forEach(one -> one.next().cancel());
  }
}
