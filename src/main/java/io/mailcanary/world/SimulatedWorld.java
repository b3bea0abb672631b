package io.mailcanary.world;

import io.mailcanary.mail.SmtpReply;
import io.mailcanary.runtime.Agenda;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.xbill.DNS.Message;
import org.xbill.DNS.Type;

/// The mail world without sockets and threads: the same zones, roles and ways as [MailWorld], with
/// what a scenario adds, on somebody else's clock. One thread at a time may use it.
public final class SimulatedWorld {
  private static final Duration CERTIFICATE = Duration.ofDays(60);
  private static final int GREYLISTED = 10_000;

  /// Stands in zones for the key that servers sign with.
  private static final String KEY = "${dkim-key}";

  private final Surroundings around;
  private final SimulatedDns dns;
  private final NextHops hops;
  private final Map<String, SimulatedServer> servers = new LinkedHashMap<>();
  private final Map<String, SimulatedMailbox> mailboxes = new HashMap<>();
  private final Map<String, InForce<Instant>> certificates = new HashMap<>();
  private final Agenda agenda;
  private final InstantSource clock;
  private final Pace pace;
  private final Signer signer = new Signer();
  private final AtomicLong ids = new AtomicLong(1 << 24);
  private final Instant start;
  private final Faults faults = new Faults(new SimulatedFaults(this)::begin);

  /// What a scenario adds to the built-in world; what has the name of something there replaces it.
  ///
  /// @param zones text by origin
  public record Setup(Map<String, String> zones, List<Host> hosts, Pace pace) {
    public Setup {
      zones = Map.copyOf(zones);
      hosts = List.copyOf(hosts);
    }
  }

  /// A mail server.
  ///
  /// @param keeps domains whose mail goes into mailboxes here
  /// @param passes domains whose mail goes to one named host, whatever DNS says
  /// @param relays whether it takes mail for every other domain, too
  /// @param tls whether it offers STARTTLS
  /// @param addresses empty: those that the zones have for its name
  /// @param signs the DKIM selector that it signs with; empty: it does not
  public record Host(
      String name,
      Set<String> keeps,
      Map<String, String> passes,
      boolean relays,
      boolean tls,
      List<InetAddress> addresses,
      Optional<String> signs) {
    public Host {
      keeps = Set.copyOf(keeps);
      passes = Map.copyOf(passes);
      addresses = List.copyOf(addresses);
    }
  }

  /// A message in a mailbox.
  public record Filed(String folder, String uid, Instant at, byte[] message) {}

  /// A message in a queue.
  ///
  /// @param reason what was said last; empty before the first attempt
  public record Queued(
      String id, String sender, String recipient, Instant since, long bytes, String reason) {}

  /// Whoever looks at a mailbox.
  public interface Eye {
    /// Something came while the door was open.
    void found(Filed filed);

    /// The door is so now.
    void door(Act.Door door);
  }

  /// What came of an attempt to hand a message over.
  ///
  /// @param reply empty: there was no connection
  public record Handed(Check.At at, Optional<SmtpReply> reply) {}

  /// What all servers share.
  interface Surroundings {
    Agenda agenda();

    InstantSource clock();

    Pace pace();

    Signer signer();

    NextHops hops();

    String nextId();

    Optional<SimulatedMailbox> mailbox(String address);

    Optional<SimulatedServer> server(String host, InetAddress address);
  }

  /// @throws IOException when a zone is not one
  public SimulatedWorld(Setup setup, Agenda agenda, InstantSource clock) throws IOException {
    this.agenda = agenda;
    this.clock = clock;
    this.pace = setup.pace();
    this.start = clock.instant();
    this.dns = new SimulatedDns(zones(setup.zones()));
    this.hops = new NextHops(query -> dns.reply(Loopback.ADDRESS, query));
    this.around = new Around();
    builtIn();
    setup.hosts().forEach(this::add);
  }

  private Zones zones(Map<String, String> own) throws IOException {
    Map<String, String> variables = new HashMap<>();
    variables.put("ns1", "127.0.0.2");
    variables.put("ns2", "127.0.0.3");
    variables.put("above", "127.0.0.4");
    if (own.values().stream().anyMatch(text -> text.contains(KEY))) {
      variables.put("dkim-key", signer.record());
    }
    List<PublishedZone> zones = new ArrayList<>();
    for (String origin : MailWorld.ZONES) {
      if (!own.containsKey(origin)) {
        zones.add(PublishedZone.load(origin, variables));
      }
    }
    for (Map.Entry<String, String> zone : own.entrySet()) {
      zones.add(PublishedZone.of(zone.getKey(), zone.getValue(), variables));
    }
    return Zones.of(zones);
  }

  private void builtIn() {
    add(Role.submission(MailWorld.SUBMISSION, new Role.Account("canary", "")));
    add(Role.hub(MailWorld.HUB));
    add(
        Role.border(
            MailWorld.BORDER,
            Map.of("campus.example", MailWorld.STORE, "ugrad.example", MailWorld.CUSTOMERS)));
    add(Role.store(MailWorld.STORE, Set.of("campus.example"), false));
    add(Role.store(MailWorld.CUSTOMERS, Set.of("ugrad.example"), true));
    add(Role.store(MailWorld.HOSTED, Set.of("hosted.example"), true));
    add(Role.hub(MailWorld.OUTSIDE_RELAY));
    add(Role.store(MailWorld.OUTSIDE, Set.of("outside.example"), true));
    add(Role.store(MailWorld.PUBLISHER, Set.of("publisher.example"), true));
    enforce(MailWorld.HOSTED, check(new SenderCheck(hops, "<%s>: No MX for your FROM address")));
    enforce(
        MailWorld.PUBLISHER,
        check(new SenderCheck(hops, "<%s>: Sender address rejected: Domain not found")));
  }

  private static Check check(Script script) {
    return (at, visit) ->
        at == Check.At.MAIL
            ? script.refusal(Script.Stage.MAIL, visit.sender()).map(SmtpRefusal::reply)
            : Optional.empty();
  }

  private void add(Role role) {
    add(
        new Host(
            role.host(),
            role.keeps(),
            role.passes(),
            role.relays(),
            role.tls(),
            List.of(),
            Optional.empty()));
  }

  private void add(Host host) {
    Role role =
        new Role(
            host.name(), host.keeps(), host.passes(), host.relays(), Optional.empty(), host.tls());
    List<InetAddress> addresses =
        host.addresses().isEmpty() ? dns.written(host.name()) : host.addresses();
    servers.put(host.name(), new SimulatedServer(role, addresses, around, host.signs()));
  }

  /// What the shipped probe files read.
  public Map<String, String> environment() {
    return Map.of("MAILCANARY_WORLD_DNS", "127.0.0.1:53", "MAILCANARY_WORLD_DNS_PORT", "53");
  }

  /// What can go wrong here by name, as in the world that people look at.
  public Faults faults() {
    return faults;
  }

  /// A name server's answer.
  ///
  /// @throws IOException when none comes
  public Message answer(InetAddress server, Message query) throws IOException {
    return dns.reply(server, query);
  }

  /// One more idea that a server has of whom to refuse.
  public void enforce(String host, Check check) {
    server(host).enforce(check);
  }

  /// Opens a mailbox for an address, where there is none yet.
  public void open(String address) {
    mailboxes.computeIfAbsent(plain(address), _ -> new SimulatedMailbox(clock));
  }

  public void watch(String address, Eye eye) {
    open(address);
    mailboxOf(address).watch(eye);
  }

  public List<Filed> messages(String address) {
    return mailboxOf(address).messages();
  }

  public void remove(String address, String folder, String uid) {
    mailboxOf(address).remove(folder, uid);
  }

  /// Hands a message over at one address of a host.
  ///
  /// @param tls whether it is done by TLS
  public Handed submit(
      String host,
      InetAddress address,
      String helo,
      InetAddress client,
      boolean tls,
      Optional<String> login,
      String sender,
      String recipient,
      byte[] message) {
    Optional<SimulatedServer> server = serverAt(host, address).filter(one -> !one.isDown());
    if (server.isEmpty()) {
      return new Handed(Check.At.MAIL, Optional.empty());
    }
    TraceLine.From from =
        new TraceLine.From(
            helo,
            "%s [%s]".formatted(helo, client.getHostAddress()),
            tls ? Optional.of("TLSv1.3 with cipher TLS_AES_256_GCM_SHA384") : Optional.empty(),
            login);
    SimulatedServer.Answer answer = server.get().take(from, client, sender, recipient, message);
    return new Handed(answer.at(), Optional.of(answer.reply()));
  }

  /// Whether somebody listens there.
  public boolean listens(String host, InetAddress address) {
    return serverAt(host, address).filter(one -> !one.isDown()).isPresent();
  }

  public boolean offersTls(String host) {
    SimulatedServer server = servers.get(host);
    return server == null || server.role().tls() || host.equals(MailWorld.SUBMISSION);
  }

  /// When the certificate that a host shows ends.
  public Instant certificateEnds(String host) {
    InForce<Instant> shown = certificates.get(host);
    return shown == null ? start.plus(CERTIFICATE) : shown.now();
  }

  /// What waits at a host, oldest first.
  public List<Queued> queue(String host) {
    SimulatedServer server = servers.get(host);
    return server == null
        ? List.of()
        : server.waiting().stream()
            .map(one ->
                new Queued(
                    one.id(),
                    one.mail().sender(),
                    one.mail().recipient(),
                    one.since(),
                    one.mail().content().length,
                    one.reason()))
            .toList();
  }

  /// Does something to it.
  ///
  /// @return takes it back
  /// @throws IllegalArgumentException when there is no such thing here, or it makes no sense
  public Runnable act(Act act) {
    Repair repair =
        switch (act) {
          case Act.Edit edit -> dns.edit(edit.zone(), zone -> edit(zone, edit));
          case Act.FailZone(String zone, Act.Silence how) -> dns.fail(zone, how);
          case Act.FailNameServer(InetAddress server, Act.Silence how) -> dns.fail(server, how);
          case Act.Says says -> server(says.server()).follow(says(says));
          case Act.Files(String server, Act.Keeping how) -> server(server).files(how);
          case Act.Holds(String server, Duration time) -> server(server).linger(time);
          case Act.Greylists(String server, Duration time) -> server(server).follow(greylist(time));
          case Act.Down(String server) -> server(server).goDown();
          case Act.Certificate(String host, Duration endsIn) ->
              identify(host, clock.instant().plus(endsIn));
          case Act.Shows(String address, Act.Door how) -> mailboxOf(address).keep(how);
        };
    return repair::run;
  }

  Repair edit(String zone, java.util.function.Consumer<ZoneEdit> change) {
    return dns.edit(zone, change);
  }

  Repair fail(String zone) {
    return dns.fail(zone, Act.Silence.SERVFAIL);
  }

  Repair identify(String host, Instant end) {
    return certificates.computeIfAbsent(host, _ -> new InForce<>(start.plus(CERTIFICATE))).put(end);
  }

  Instant now() {
    return clock.instant();
  }

  SimulatedServer server(String host) {
    SimulatedServer server = servers.get(host);
    if (server == null) {
      throw new IllegalArgumentException(
          "server '%s' is not in this world, there are %s"
              .formatted(host, String.join(", ", servers.keySet())));
    }
    return server;
  }

  SimulatedMailbox mailboxOf(String address) {
    SimulatedMailbox mailbox = mailboxes.get(plain(address));
    if (mailbox == null) {
      throw new IllegalArgumentException("%s: no mailbox in this world".formatted(address));
    }
    return mailbox;
  }

  private void edit(ZoneEdit zone, Act.Edit edit) {
    for (String one : edit.remove()) {
      String[] words = words(one, 2);
      zone.remove(words[0], type(words[1]));
    }
    for (String one : edit.put()) {
      String[] words = words(one, 3);
      zone.remove(words[0], type(words[1]));
    }
    for (String one : edit.put()) {
      String[] words = words(one, 3);
      zone.add(
          words[0],
          type(words[1]),
          words[2].contains(KEY) ? words[2].replace(KEY, signer.record()) : words[2]);
    }
  }

  private static String[] words(String record, int count) {
    String[] words = record.strip().split("\\s+", count);
    if (words.length != count) {
      throw new IllegalArgumentException(
          "'%s' is no record, expected %s"
              .formatted(record, count == 2 ? "owner and type" : "owner, type and data"));
    }
    return words;
  }

  private static int type(String word) {
    int type = Type.value(word.toUpperCase(Locale.ROOT));
    if (type < 0) {
      throw new IllegalArgumentException("'%s' is no record type".formatted(word));
    }
    return type;
  }

  private static Check says(Act.Says says) {
    AtomicLong met = new AtomicLong();
    Act.Which which = says.which();
    return (at, visit) -> {
      boolean meant =
          at == (which.largerThan() > 0 ? Check.At.DATA : says.at())
              && visit.sender().contains(which.of())
              && visit.recipient().contains(which.to())
              && which.from().stream().allMatch(visit.client()::equals)
              && (which.largerThan() == 0 || visit.message().length > which.largerThan());
      return meant && met.getAndIncrement() % which.every() == 0
          ? Optional.of(says.reply())
          : Optional.empty();
    };
  }

  private Check greylist(Duration time) {
    Map<String, Instant> seen = new HashMap<>();
    return (at, visit) -> {
      if (at != Check.At.RCPT) {
        return Optional.empty();
      }
      Instant now = clock.instant();
      if (seen.size() > GREYLISTED) {
        seen.clear();
      }
      Instant first =
          seen.computeIfAbsent(
              visit.client() + " " + visit.sender() + " " + visit.recipient(), _ -> now);
      return first.plus(time).isAfter(now)
          ? Optional.of(SimulatedServer.reply(450, "4.2.0 Greylisted, try again later"))
          : Optional.empty();
    };
  }

  private Optional<SimulatedServer> serverAt(String host, InetAddress address) {
    SimulatedServer named = servers.get(host);
    if (named != null && named.isAt(address)) {
      return Optional.of(named);
    }
    // Where a domain has no MX, its own address stands in for it (RFC 5321 §5.1); the campus has
    // its border there.
    if (host.equals("campus.example")) {
      return Optional.of(server(MailWorld.BORDER)).filter(one -> one.isAt(address));
    }
    return address.isLoopbackAddress()
        ? Optional.empty()
        : servers.values().stream().filter(one -> one.isAt(address)).findFirst();
  }

  /// Without what stands behind a plus sign.
  private static String plain(String address) {
    String lower = address.toLowerCase(Locale.ROOT);
    int plus = lower.indexOf('+');
    int at = lower.lastIndexOf('@');
    return plus >= 0 && plus < at ? lower.substring(0, plus) + lower.substring(at) : lower;
  }

  private final class Around implements Surroundings {
    @Override
    public Agenda agenda() {
      return agenda;
    }

    @Override
    public InstantSource clock() {
      return clock;
    }

    @Override
    public Pace pace() {
      return pace;
    }

    @Override
    public Signer signer() {
      return signer;
    }

    @Override
    public NextHops hops() {
      return hops;
    }

    @Override
    public String nextId() {
      return Long.toString(ids.incrementAndGet(), 36).toUpperCase(Locale.ROOT);
    }

    @Override
    public Optional<SimulatedMailbox> mailbox(String address) {
      return Optional.ofNullable(mailboxes.get(plain(address)));
    }

    @Override
    public Optional<SimulatedServer> server(String host, InetAddress address) {
      return serverAt(host, address);
    }
  }
}
