package io.mailcanary.watch;

import io.mailcanary.mail.DomainName;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Mailbox;
import io.mailcanary.path.Relay;
import io.mailcanary.path.Tls;
import io.mailcanary.path.TlsMode;
import io.mailcanary.runtime.Plan;
import io.mailcanary.tls.PortTarget;
import io.mailcanary.transport.MailPort;
import io.mailcanary.transport.MailPort.Mode;
import io.mailcanary.transport.MailPort.Speech;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/// The mail ports that paths use, by name; those that the probe files want in plain text are left
/// out.
final class TlsPorts {
  /// Whoever is slower is not looked at; canaries are more patient.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// @param paths that use it
  record Watched(PortTarget target, Set<String> paths) {
    Watched {
      paths = Set.copyOf(paths);
    }
  }

  private final Map<String, Watched> ports = new LinkedHashMap<>();
  private final Function<DomainName, List<String>> exchangers;

  private TlsPorts(Function<DomainName, List<String>> exchangers) {
    this.exchangers = exchangers;
  }

  /// @param exchangers the hosts that take mail for a domain; none where that is not known now
  static Map<String, Watched> of(Plan plan, Function<DomainName, List<String>> exchangers) {
    TlsPorts found = new TlsPorts(exchangers);
    plan.paths().values().stream().filter(MailPath::enabled).forEach(path -> found.add(path, plan));
    return found.ports;
  }

  /// A host that takes mail and whose records promise something of its TLS.
  static Watched exchanger(String host) {
    TlsPorts one = new TlsPorts(_ -> List.of());
    one.relay(Relay.DIRECT.at(host), "TLSA records or MTA-STS", "");
    Watched found = one.ports.values().iterator().next();
    return new Watched(found.target(), Set.of());
  }

  private void add(MailPath path, Plan plan) {
    for (String via : path.allVia()) {
      if (via.equals(MailPath.MX) || via.equals(MailPath.EACH_MX)) {
        for (String host : exchangers.apply(path.to().domain())) {
          relay(path.direct().at(host), "MX of " + path.to().domain(), path.name());
        }
      } else if (plan.relays().get(via) instanceof Relay relay) {
        relay(relay, "relay " + via, path.name());
      }
    }
    for (String name : new LinkedHashSet<>(List.of(path.arrivesIn(), path.bouncesTo()))) {
      mailbox(plan, name, path.name());
    }
  }

  private void relay(Relay relay, String user, String path) {
    add(
        relay.host(),
        relay.port(),
        switch (relay.protocol()) {
          case SMTP -> Speech.SMTP;
          case LMTP -> Speech.LMTP;
        },
        relay.tls(),
        relay.helo(),
        relay.bindAddress(),
        relay.connectTimeout(),
        relay.replyTimeout(),
        user,
        path);
  }

  private void mailbox(Plan plan, String name, String path) {
    switch (plan.mailboxes().get(name)) {
      case Mailbox.Imap imap -> server(imap.server(), Speech.IMAP, "mailbox " + name, path);
      case Mailbox.Pop3 pop3 -> server(pop3.server(), Speech.POP3, "mailbox " + name, path);
      case Mailbox.Maildir _, Mailbox.Receiver _ -> {}
      case null -> {}
    }
  }

  private void server(Mailbox.Server server, Speech speech, String user, String path) {
    add(
        server.host(),
        server.port(),
        speech,
        server.tls(),
        Optional.empty(),
        server.bindAddress(),
        server.connectTimeout(),
        server.replyTimeout(),
        user,
        path);
  }

  private void add(
      String host,
      int number,
      Speech speech,
      Tls tls,
      Optional<String> helo,
      Optional<String> bindAddress,
      Duration connectTimeout,
      Duration replyTimeout,
      String user,
      String path) {
    Optional<Mode> mode = mode(tls.mode());
    if (mode.isEmpty()) {
      return;
    }
    MailPort port = new MailPort(host, number, speech, mode.get(), tls.verify(), List.of(user));
    Watched fresh =
        new Watched(
            new PortTarget(
                port, tls, helo, bindAddress, shorter(connectTimeout), shorter(replyTimeout)),
            Set.of(path));
    ports.merge(port.name(), fresh, TlsPorts::both);
  }

  /// One look at a port serves all who use it: by the settings of whoever asks most of it.
  private static Watched both(Watched one, Watched other) {
    Watched strict = strictness(other) > strictness(one) ? other : one;
    Set<String> users = new LinkedHashSet<>(one.target().port().usedBy());
    users.addAll(other.target().port().usedBy());
    Set<String> paths = new TreeSet<>(one.paths());
    paths.addAll(other.paths());
    PortTarget target = strict.target();
    MailPort port = target.port();
    return new Watched(
        new PortTarget(
            new MailPort(
                port.host(),
                port.port(),
                port.speech(),
                port.mode(),
                port.verified(),
                new ArrayList<>(users)),
            target.tls(),
            target.helo(),
            target.bindAddress(),
            target.connectTimeout(),
            target.replyTimeout()),
        paths);
  }

  private static int strictness(Watched one) {
    MailPort port = one.target().port();
    return (port.verified() ? 2 : 0) + (port.mode() == Mode.OFFERED ? 0 : 1);
  }

  private static Optional<Mode> mode(TlsMode mode) {
    return switch (mode) {
      case NONE -> Optional.empty();
      case OPPORTUNISTIC -> Optional.of(Mode.OFFERED);
      case STARTTLS -> Optional.of(Mode.REQUIRED);
      case IMPLICIT -> Optional.of(Mode.IMPLICIT);
    };
  }

  private static Duration shorter(Duration limit) {
    return limit.compareTo(PATIENCE) < 0 ? limit : PATIENCE;
  }
}
