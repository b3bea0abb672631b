package io.mailcanary.submission;

import io.mailcanary.canary.Evidence;
import io.mailcanary.canary.Evidence.Failure.Kind;
import io.mailcanary.mail.DomainName;
import io.mailcanary.path.Family;
import io.mailcanary.path.Relay;
import io.mailcanary.wire.AngusMail;
import io.mailcanary.wire.HostLookup;
import io.mailcanary.wire.Trust;
import jakarta.mail.Session;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands canaries to relays. Each relay has connections of its own, so that one that hangs costs no
/// other anything.
public final class Submission implements AutoCloseable {
  static {
    AngusMail.prepare();
  }

  private static final Logger LOG = LoggerFactory.getLogger(Submission.class);
  private static final Duration TIDY = Duration.ofSeconds(1);

  /// A host that nobody wrote to for so long may be gone from DNS.
  private static final Duration UNUSED = Duration.ofMinutes(10);

  private record Leg(String relay, Optional<InetAddress> address, Family family) {}

  private final HostLookup lookup;
  private final Trust trust;
  private final InstantSource clock;
  private final Exchange exchange;
  private final Keeping keeping;
  private final ConcurrentMap<Leg, Lane> lanes = new ConcurrentHashMap<>();
  private final ScheduledExecutorService tidier =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("submission-tidier").factory());

  /// For relays that the probe files name; domains have no hosts.
  public Submission(HostLookup lookup, Trust trust, InstantSource clock) {
    this(lookup, trust, clock, Keeping.DEFAULT);
  }

  public Submission(RoutePlan routes, Trust trust, InstantSource clock) {
    this(routes::addresses, routes, trust, clock, Keeping.DEFAULT);
  }

  Submission(HostLookup lookup, Trust trust, InstantSource clock, Keeping keeping) {
    this(lookup, new NoDomains(lookup), trust, clock, keeping);
  }

  private Submission(
      HostLookup lookup, RoutePlan routes, Trust trust, InstantSource clock, Keeping keeping) {
    this.lookup = lookup;
    this.exchange = new Exchange(routes, clock);
    this.trust = trust;
    this.clock = clock;
    this.keeping = keeping;
    warmUp();
    var _ =
        tidier.scheduleWithFixedDelay(
            this::tidy, TIDY.toMillis(), TIDY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private record NoDomains(HostLookup lookup) implements RoutePlan {
    @Override
    public Exchangers exchangers(DomainName domain) {
      return new Exchangers.Unknown(domain + ": nobody looks up the hosts of domains here");
    }

    @Override
    public List<InetAddress> addresses(String host) throws UnknownHostException {
      return lookup.addresses(host);
    }
  }

  /// Hands one message over and waits for what comes of it. Whatever servers and network do, it
  /// ends as evidence, within a bounded time.
  public Evidence submit(Route route, Outgoing message) {
    return switch (route) {
      case Route.Through(Relay relay, Family family) -> submit(relay, family, message);
      case Route.At(Relay relay, InetAddress address) -> submit(relay, address, message);
      case Route.ToExchangers to ->
          exchange.submit(to, host -> submit(to.relay().at(host), to.family(), message));
    };
  }

  /// The same by whichever of the relay's addresses answers.
  public Evidence submit(Relay relay, Outgoing message) {
    return submit(relay, Family.ANY, message);
  }

  private Evidence submit(Relay relay, Family family, Outgoing message) {
    Leg leg = new Leg(relay.name(), Optional.empty(), family);
    return submit(lane(leg, relay, family == Family.ANY ? lookup : only(family)), message);
  }

  /// The same by one address of the relay's host.
  Evidence submit(Relay relay, InetAddress address, Outgoing message) {
    Leg leg = new Leg(relay.name(), Optional.of(address), Family.ANY);
    return submit(lane(leg, relay, host -> List.of(address)), message);
  }

  private HostLookup only(Family family) {
    return host -> {
      List<InetAddress> fitting = lookup.addresses(host).stream().filter(family::fits).toList();
      if (fitting.isEmpty()) {
        throw new UnknownHostException(host + ": no address of family " + family);
      }
      return fitting;
    };
  }

  private Evidence submit(Lane lane, Outgoing message) {
    Dialogue dialogue = new Dialogue(clock.instant(), lane.relay(), lane.secrets());
    try {
      lane.submit(message, dialogue);
    } catch (RuntimeException e) {
      LOG.error(
          "submission to relay {} failed in a way that nobody foresaw", lane.relay().name(), e);
      dialogue.failed(Kind.CONNECTION, "internal: " + e.getClass().getSimpleName());
    }
    return dialogue.evidence();
  }

  /// Lets go of all connections to relays that are not among these, in just these settings.
  public void relaysChanged(Collection<Relay> relays) {
    Set<Relay> current = new HashSet<>(relays);
    retireIf(lane -> !current.contains(lane.relay()));
  }

  private void retireIf(Predicate<Lane> unwanted) {
    lanes
        .values()
        .removeIf(lane -> {
          boolean retires = unwanted.test(lane);
          if (retires) {
            lane.retire();
          }
          return retires;
        });
  }

  @Override
  public void close() {
    tidier.shutdownNow();
    relaysChanged(Set.of());
  }

  private Lane lane(Leg leg, Relay relay, HostLookup addresses) {
    Lane known = lanes.get(leg);
    if (known != null && known.relay().equals(relay)) {
      return known;
    }
    Lane fresh = new Lane(relay, addresses, trust, keeping);
    return lanes.merge(
        leg,
        fresh,
        (old, offered) -> {
          if (old.relay().equals(relay)) {
            return old;
          }
          old.retire();
          return offered;
        });
  }

  private void tidy() {
    lanes.values().forEach(Lane::tidy);
    retireIf(lane -> lane.isUnusedFor(UNUSED));
  }

  /// Loads Angus on the thread that builds us, not on the first hundred virtual ones at once.
  private static void warmUp() {
    Session session = Session.getInstance(new Properties());
    new RawMessage(session, new byte[0], () -> {}).isEightBit();
    OwnName.get();
  }
}
