package io.mailcanary.drill;

import io.mailcanary.canary.Evidence;
import io.mailcanary.canary.Evidence.Failure;
import io.mailcanary.canary.Stage;
import io.mailcanary.path.Family;
import io.mailcanary.path.Login;
import io.mailcanary.path.Relay;
import io.mailcanary.path.TlsMode;
import io.mailcanary.prober.Submitter;
import io.mailcanary.submission.Exchange;
import io.mailcanary.submission.Outgoing;
import io.mailcanary.submission.Route;
import io.mailcanary.submission.RoutePlan;
import io.mailcanary.world.Check;
import io.mailcanary.world.SimulatedWorld;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Hands messages over to the simulated world's servers, as [io.mailcanary.submission.Submission]
/// does to real ones.
final class SimulatedSubmission implements Submitter {
  private static final Duration TAKES = Duration.ofMillis(20);
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");

  private final SimulatedWorld world;
  private final RoutePlan routes;
  private final Exchange exchange;
  private final InstantSource clock;

  SimulatedSubmission(SimulatedWorld world, RoutePlan routes, InstantSource clock) {
    this.world = world;
    this.routes = routes;
    this.clock = clock;
    this.exchange = new Exchange(routes, clock);
  }

  @Override
  public Evidence submit(Route route, Outgoing message) {
    return switch (route) {
      case Route.Through(Relay relay, Family family) -> submit(relay, family, message);
      case Route.At(Relay relay, InetAddress address) -> submit(relay, address, message);
      case Route.ToExchangers to ->
          exchange.submit(to, host -> submit(to.relay().at(host), to.family(), message));
    };
  }

  private Evidence submit(Relay relay, Family family, Outgoing message) {
    List<InetAddress> addresses;
    try {
      addresses = routes.addresses(relay.host()).stream().filter(family::fits).toList();
    } catch (UnknownHostException e) {
      return failed(relay, Stage.CONNECT, null, Failure.Kind.DNS, String.valueOf(e.getMessage()));
    }
    if (addresses.isEmpty()) {
      return failed(
          relay, Stage.CONNECT, null, Failure.Kind.DNS, relay.host() + ": no address of that kind");
    }
    return addresses.stream()
        .filter(address -> world.listens(relay.host(), address))
        .findFirst()
        .map(address -> submit(relay, address, message))
        .orElseGet(() -> unreachable(relay, addresses.getFirst()));
  }

  private Evidence unreachable(Relay relay, InetAddress address) {
    return failed(
        relay,
        Stage.CONNECT,
        address,
        Failure.Kind.CONNECTION,
        address.getHostAddress() + ": connection refused");
  }

  private Evidence submit(Relay relay, InetAddress address, Outgoing message) {
    if (!world.listens(relay.host(), address)) {
      return unreachable(relay, address);
    }
    Optional<String> trouble = tlsTrouble(relay);
    if (trouble.isPresent()) {
      return failed(relay, Stage.TLS, address, Failure.Kind.TLS, trouble.get());
    }
    String helo = relay.helo().orElse("probe.example");
    SimulatedWorld.Handed handed =
        world.submit(
            relay.host(),
            address,
            helo,
            client(relay, helo),
            speaksTls(relay),
            relay.login().map(Login::username),
            message.sender() == null ? "" : message.sender().toString(),
            message.recipient().toString(),
            message.message().get());
    return handed
        .reply()
        .map(reply ->
            new Evidence(
                clock.instant(),
                stage(handed.at()),
                reply,
                null,
                where(relay),
                address.getHostAddress(),
                speaksTls(relay) ? "TLSv1.3" : null,
                speaksTls(relay) ? "TLS_AES_256_GCM_SHA384" : null,
                false,
                Map.of(stage(handed.at()), TAKES)))
        .orElseGet(() -> unreachable(relay, address));
  }

  private boolean speaksTls(Relay relay) {
    return relay.tls().mode() != TlsMode.NONE && world.offersTls(relay.host());
  }

  private Optional<String> tlsTrouble(Relay relay) {
    if (relay.tls().mode() == TlsMode.STARTTLS && !world.offersTls(relay.host())) {
      return Optional.of("it does not offer STARTTLS");
    }
    Instant end = world.certificateEnds(relay.host());
    return speaksTls(relay) && relay.tls().verify() && !end.isAfter(clock.instant())
        ? Optional.of(
            "the certificate for %s has been expired since %s".formatted(relay.host(), end))
        : Optional.empty();
  }

  /// Where we come from: what the probe files bind, or else what our name stands for.
  private InetAddress client(Relay relay, String helo) {
    if (relay.bindAddress().isPresent()) {
      return InetAddress.ofLiteral(relay.bindAddress().get());
    }
    try {
      return routes.addresses(helo).getFirst();
    } catch (UnknownHostException _) {
      return HERE;
    }
  }

  private static Stage stage(Check.At at) {
    return switch (at) {
      case MAIL -> Stage.MAIL;
      case RCPT -> Stage.RCPT;
      case DATA -> Stage.END_OF_DATA;
    };
  }

  private Evidence failed(
      Relay relay, Stage stage, @Nullable InetAddress peer, Failure.Kind kind, String words) {
    return new Evidence(
        clock.instant(),
        stage,
        null,
        new Failure(kind, words),
        where(relay),
        peer == null ? null : peer.getHostAddress(),
        null,
        null,
        false,
        Map.of(stage, TAKES));
  }

  private static String where(Relay relay) {
    return relay.host() + ":" + relay.port();
  }
}
