package io.mailcanary.watch;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.Cause;
import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.DomainFacts;
import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Relay;
import io.mailcanary.runtime.Agenda;
import io.mailcanary.runtime.Cancellable;
import io.mailcanary.runtime.Plan;
import io.mailcanary.tls.PortTarget;
import io.mailcanary.transport.CertificateBook;
import io.mailcanary.transport.MailPort;
import io.mailcanary.transport.PortLook;
import io.mailcanary.transport.ServedCertificate;
import io.mailcanary.transport.TlsFindings;
import io.mailcanary.verdict.Change;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at the TLS of all mail ports on the paths: every hour, soon after a canary failed for it
/// or the port's records changed, and every minute where people are paged for what it shows, since
/// somebody is mending that.
///
/// A handshake that fails is looked at once more before it counts: servers restart.
///
/// An address that cannot be looked at is no finding, and takes none back: what it showed last
/// counts for a day.
public final class TlsWatch implements AutoCloseable {
  /// Between two looks at a port where nothing happens.
  public static final Duration EVERY = Duration.ofHours(1);

  private static final Logger LOG = LoggerFactory.getLogger(TlsWatch.class);
  private static final Duration SOON = Duration.ofSeconds(1);

  /// However much happens, a port is left alone for so long.
  private static final Duration AT_LEAST = Duration.ofMinutes(1);

  /// Between a handshake that failed and the look that decides.
  private static final Duration AGAIN = Duration.ofSeconds(15);

  private static final Duration COUNTS_FOR = Duration.ofDays(1);
  private static final Duration SPREAD = Duration.ofSeconds(20);
  private static final int AT_A_TIME = 4;
  private static final int SMTP = 25;
  private static final int MOST_PROMISING = 2_000;

  /// How long a port is watched whose host nobody asked for again.
  private static final Duration PROMISES_FOR = Duration.ofHours(2);

  private final Ports ports;
  private final Semaphore turns = new Semaphore(AT_A_TIME);
  private final Map<String, Port> watched = new ConcurrentHashMap<>();

  /// Hosts whose records promise something of their TLS, and when somebody said so last.
  private final Map<String, Instant> promising = new ConcurrentHashMap<>();

  private final Map<String, CertificateBook> books = new ConcurrentHashMap<>();
  private volatile Cancellable nextFollow = () -> {};
  private volatile Plan plan;
  private volatile boolean closed;

  /// What it works with.
  ///
  /// @param probe looks at one port
  /// @param exchangers the hosts that take mail for a domain; none where that is not known now
  /// @param findings takes what is wrong now, by source, such as `tls:mx.example.org:25`
  /// @param dependencies takes which paths depend on which sources
  /// @param changes takes what became different
  /// @param ids makes ids for changes
  /// @param ours whether it is this replica that tells changes at a source
  public record Ports(
      Function<PortTarget, List<PortLook>> probe,
      Function<DomainName, List<String>> exchangers,
      BiConsumer<String, List<Finding>> findings,
      Consumer<Map<String, Set<String>>> dependencies,
      Consumer<Change> changes,
      Supplier<String> ids,
      Predicate<String> ours,
      CertificateMemory memory,
      Agenda agenda,
      InstantSource clock) {}

  /// When a port's first certificate expires.
  public record Expiry(String host, int port, Instant at) {}

  /// One port in our care. Guarded by its own monitor.
  private static final class Port {
    private TlsPorts.Watched what;
    private final Map<String, Seen> seen = new TreeMap<>();
    private Cancellable next = () -> {};
    private Instant lastLook = Instant.MIN;
    private List<Finding> findings = List.of();
    private boolean soon;
    private final Set<String> doubted = new TreeSet<>();

    Port(TlsPorts.Watched what) {
      this.what = what;
    }

    private boolean hasFailed(String address) {
      Seen last = seen.get(address);
      return doubted.contains(address) || last != null && last.look() instanceof PortLook.Failed;
    }

    private Duration pause() {
      if (!doubted.isEmpty()) {
        return AGAIN;
      }
      return findings.stream().anyMatch(one -> one.severity() == Severity.PAGE) ? AT_LEAST : EVERY;
    }
  }

  /// What one address showed, and when.
  public record Seen(PortLook look, Instant at) {}

  /// A port as it was seen last.
  public record PortView(MailPort port, List<Seen> seen, List<Finding> findings) {
    public PortView {
      seen = List.copyOf(seen);
      findings = List.copyOf(findings);
    }
  }

  public TlsWatch(Ports ports, Plan plan) {
    this.ports = ports;
    this.plan = plan;
  }

  /// Goes on with what is on record and looks at all ports for the first time, one after the other.
  public void start() {
    books.putAll(ports.memory().recall());
    follow(plan);
  }

  /// Watches the ports of these probe files from now on.
  public void follow(Plan next) {
    plan = next;
    ports.agenda().at(ports.clock().instant(), this::followNow);
  }

  private synchronized void followNow() {
    if (closed) {
      return;
    }
    nextFollow.cancel();
    Map<String, TlsPorts.Watched> wanted =
        new LinkedHashMap<>(TlsPorts.of(plan, ports.exchangers()));
    Instant old = ports.clock().instant().minus(PROMISES_FOR);
    promising.values().removeIf(last -> last.isBefore(old));
    promising
        .keySet()
        .forEach(host -> {
          TlsPorts.Watched one = TlsPorts.exchanger(host);
          wanted.putIfAbsent(one.target().port().name(), one);
        });
    for (String name : new TreeSet<>(watched.keySet())) {
      if (!wanted.containsKey(name)) {
        forget(name);
      }
    }
    wanted.forEach(this::keep);
    Map<String, Set<String>> sources = new TreeMap<>();
    wanted.forEach((name, one) ->
        one.paths()
            .forEach(
                path -> sources.computeIfAbsent(path, _ -> new TreeSet<>()).add(source(name))));
    ports.dependencies().accept(sources);
    // Which hosts take mail for a domain may have changed.
    nextFollow = ports.agenda().at(ports.clock().instant().plus(EVERY), this::followNow);
  }

  private void keep(String name, TlsPorts.Watched wanted) {
    Port port = watched.get(name);
    if (port == null) {
      Port fresh = new Port(wanted);
      watched.put(name, fresh);
      at(name, fresh, ports.clock().instant().plus(spread(name)));
      return;
    }
    boolean other;
    synchronized (port) {
      other = !port.what.target().equals(wanted.target());
      port.what = wanted;
    }
    if (other) {
      lookSoon(name);
    }
  }

  private void forget(String name) {
    Port port = watched.remove(name);
    if (port != null) {
      synchronized (port) {
        port.next.cancel();
      }
      ports.findings().accept(source(name), List.of());
    }
  }

  /// Something of a canary became known.
  public void heard(Canary canary) {
    if (canary.cause() == Cause.TLS) {
      plan.path(canary.path()).ifPresent(path -> path.allVia().forEach(via -> heard(path, via)));
    }
  }

  private void heard(MailPath path, String via) {
    Relay relay = plan.relays().get(via);
    watched.forEach((name, port) -> {
      MailPort one = port.what.target().port();
      boolean concerned =
          relay == null
              ? port.what.paths().contains(path.name())
              : one.host().equals(relay.host()) && one.port() == relay.port();
      if (concerned) {
        lookSoon(name);
      }
    });
  }

  /// The records of a host changed.
  public void hostChanged(String host) {
    watched.forEach((name, port) -> {
      if (port.what.target().port().host().equalsIgnoreCase(host)) {
        lookSoon(name);
      }
    });
  }

  /// What the addresses of a host serve behind port 25, as judgements of records need it. From now
  /// on that port is watched, whether a path of ours leads there or not.
  public List<DomainFacts.Served> served(DnsName host) {
    Instant now = ports.clock().instant();
    List<DomainFacts.Served> served = new ArrayList<>();
    watched.forEach((_, port) -> {
      synchronized (port) {
        MailPort one = port.what.target().port();
        if (one.port() == SMTP && one.host().equalsIgnoreCase(host.text())) {
          port.seen.values().forEach(seen -> served(host, seen.look(), now).ifPresent(served::add));
        }
      }
    });
    if (promising.size() < MOST_PROMISING || promising.containsKey(host.text())) {
      boolean known = promising.put(host.text(), now) != null;
      if (!known && !watched.containsKey(TlsPorts.exchanger(host.text()).target().port().name())) {
        ports.agenda().at(now, this::followNow);
      }
    }
    return served;
  }

  static Optional<DomainFacts.Served> served(DnsName host, PortLook look, Instant now) {
    if (look.address().isEmpty()) {
      return Optional.empty();
    }
    InetAddress address = InetAddress.ofLiteral(look.address());
    return switch (look) {
      case PortLook.Unknown _ -> Optional.empty();
      case PortLook.Plain(_, String said) ->
          Optional.of(
              new DomainFacts.Served(
                  host, address, List.of(), Optional.of("no STARTTLS: " + said), Optional.empty()));
      case PortLook.Failed failed ->
          Optional.of(
              new DomainFacts.Served(
                  host, address, List.of(), Optional.of(failed.why()), Optional.empty()));
      case PortLook.Served shown ->
          Optional.of(
              new DomainFacts.Served(
                  host,
                  address,
                  shown.chain().stream()
                      .map(one -> new DomainFacts.Certificate(one.der(), one.keyDer()))
                      .toList(),
                  Optional.empty(),
                  objection(host, shown, now)));
    };
  }

  /// Why a sender that verifies would not believe it (RFC 8461 §4.2).
  private static Optional<String> objection(DnsName host, PortLook.Served shown, Instant now) {
    ServedCertificate own = shown.certificate();
    if (!own.isFor(host.text())) {
      return Optional.of("its certificate is for " + String.join(", ", own.names()));
    }
    if (!now.isBefore(own.notAfter())) {
      return Optional.of("its certificate expired at " + own.notAfter());
    }
    return now.isBefore(own.notBefore())
        ? Optional.of("its certificate is not valid before " + own.notBefore())
        : shown.untrusted();
  }

  /// The ports that a path uses, by name.
  public List<PortView> ofPath(String path) {
    List<PortView> views = new ArrayList<>();
    new TreeMap<>(watched)
        .values()
        .forEach(port -> {
          synchronized (port) {
            if (port.what.paths().contains(path)) {
              views.add(
                  new PortView(
                      port.what.target().port(), List.copyOf(port.seen.values()), port.findings));
            }
          }
        });
    return views;
  }

  /// When the certificates of all ports expire, the earliest of each chain and address.
  public List<Expiry> expiries() {
    List<Expiry> expiries = new ArrayList<>();
    watched.forEach((_, port) -> {
      synchronized (port) {
        MailPort one = port.what.target().port();
        port.seen.values().stream()
            .map(Seen::look)
            .filter(PortLook.Served.class::isInstance)
            .map(PortLook.Served.class::cast)
            .flatMap(served -> served.chain().stream())
            .map(ServedCertificate::notAfter)
            .min(Instant::compareTo)
            .ifPresent(at -> expiries.add(new Expiry(one.host(), one.port(), at)));
      }
    });
    return expiries;
  }

  @Override
  public void close() {
    closed = true;
    nextFollow.cancel();
    watched
        .values()
        .forEach(port -> {
          synchronized (port) {
            port.next.cancel();
          }
        });
  }

  private void lookSoon(String name) {
    Port port = watched.get(name);
    if (port == null || closed) {
      return;
    }
    Instant now = ports.clock().instant();
    Instant when;
    synchronized (port) {
      if (port.soon) {
        return;
      }
      port.soon = true;
      Instant rested =
          port.lastLook.equals(Instant.MIN) ? Instant.MIN : port.lastLook.plus(AT_LEAST);
      when = rested.isAfter(now.plus(SOON)) ? rested : now.plus(SOON);
    }
    at(name, port, when);
  }

  private void at(String name, Port port, Instant when) {
    synchronized (port) {
      port.next.cancel();
      port.next = ports.agenda().at(when, () -> inTurn(name, port));
    }
  }

  private void inTurn(String name, Port port) {
    try {
      turns.acquire();
      try {
        look(name, port);
      } finally {
        turns.release();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.warn("the TLS of {} was not looked at: {}", name, e.toString());
    } finally {
      afterwards(name, port);
    }
  }

  /// The next look is in its turn, unless something happened meanwhile.
  private void afterwards(String name, Port port) {
    synchronized (port) {
      if (port.soon || closed || watched.get(name) != port) {
        return;
      }
      port.next.cancel();
      Instant when = ports.clock().instant().plus(port.pause());
      port.next = ports.agenda().at(when, () -> inTurn(name, port));
    }
  }

  private void look(String name, Port port) {
    if (closed || watched.get(name) != port) {
      return;
    }
    PortTarget target;
    synchronized (port) {
      target = port.what.target();
      port.soon = false;
      port.lastLook = ports.clock().instant();
    }
    List<PortLook> fresh = ports.probe().apply(target);
    Instant now = ports.clock().instant();
    List<Finding> found;
    synchronized (port) {
      found = TlsFindings.of(target.port(), counting(port, fresh, now), now);
      port.findings = found;
    }
    if (closed || watched.get(name) != port) {
      return;
    }
    ports.findings().accept(source(name), found);
    compare(name, fresh, now);
  }

  /// What each address showed last; addresses that the name no longer has are forgotten, unless it
  /// could not be looked up.
  private static List<PortLook> counting(Port port, List<PortLook> fresh, Instant now) {
    Map<String, Seen> next = new LinkedHashMap<>();
    for (PortLook look : certain(port, fresh)) {
      Seen before = port.seen.get(look.address());
      boolean stands =
          look instanceof PortLook.Unknown
              && before != null
              && before.at().plus(COUNTS_FOR).isAfter(now);
      next.put(look.address(), stands && before != null ? before : new Seen(look, now));
    }
    if (fresh.stream().anyMatch(look -> look.address().isEmpty())) {
      port.seen.forEach((address, seen) -> {
        if (seen.at().plus(COUNTS_FOR).isAfter(now)) {
          next.putIfAbsent(address, seen);
        }
      });
    }
    port.seen.clear();
    port.seen.putAll(next);
    return next.values().stream().map(Seen::look).toList();
  }

  /// A handshake that failed where none had failed before teaches nothing yet.
  private static List<PortLook> certain(Port port, List<PortLook> fresh) {
    Set<String> doubted = new TreeSet<>();
    List<PortLook> certain = new ArrayList<>();
    for (PortLook look : fresh) {
      if (look instanceof PortLook.Failed failed && !port.hasFailed(failed.address())) {
        doubted.add(failed.address());
        certain.add(new PortLook.Unknown(failed.address(), failed.why()));
      } else {
        certain.add(look);
      }
    }
    port.doubted.clear();
    port.doubted.addAll(doubted);
    return certain;
  }

  private void compare(String name, List<PortLook> looks, Instant now) {
    CertificateBook before = books.getOrDefault(name, CertificateBook.EMPTY);
    CertificateBook.Outcome outcome = before.see(looks, now);
    books.put(name, outcome.book());
    if (!outcome.book().equals(before)) {
      ports.memory().remember(name, outcome.book());
    }
    outcome
        .news()
        .filter(_ -> ports.ours().test(source(name)))
        .ifPresent(news ->
            ports
                .changes()
                .accept(
                    new Change(
                        ports.ids().get(),
                        Change.Kind.CERTIFICATE,
                        Severity.INFO,
                        now,
                        now,
                        name,
                        "",
                        "%s shows another certificate".formatted(name),
                        "",
                        news.before(),
                        news.after(),
                        news.addresses().stream()
                            .map(address -> new Change.Seen(address, 0))
                            .toList())));
  }

  private static String source(String name) {
    return "tls:" + name;
  }

  /// The first looks do not all begin at once.
  private static Duration spread(String name) {
    return Duration.ofMillis(Math.floorMod(name.hashCode(), SPREAD.toMillis()));
  }
}
