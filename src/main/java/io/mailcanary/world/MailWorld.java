package io.mailcanary.world;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The built-in mail world: DNS, mail servers and mailboxes in this process, on free ports of the
/// loopback interface. The shipped probe files describe it.
///
/// ```
///                                     ┌─► mx.campus ─┬─► store.campus ─► campus (IMAP)
/// smtp.campus ─┐                      │              └─► in.hosted ────► ugrad (IMAP, TLS)
/// hub.campus ──┼─ by MX in this DNS ──┼─► mx.hosted ───────────────────► hosted (IMAP, TLS)
/// smtp.outside ┘                      ├─► mx.publisher ────────────────► publisher (IMAP, TLS)
///                                     └─► mx.outside ──────────────────► outside (POP3, TLS)
/// ```
public final class MailWorld implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MailWorld.class);
  static final List<String> ZONES =
      List.of(
          ".",
          "example",
          "campus.example",
          "ugrad.example",
          "hosted.example",
          "outside.example",
          "publisher.example",
          "arpa",
          "127.in-addr.arpa");

  static final String SUBMISSION = "smtp.campus.example";
  static final String HUB = "hub.campus.example";
  static final String BORDER = "mx.campus.example";
  static final String STORE = "store.campus.example";
  static final String HOSTED = "mx.hosted.example";
  static final String CUSTOMERS = "in.hosted.example";
  static final String PUBLISHER = "mx.publisher.example";
  static final String OUTSIDE_RELAY = "smtp.outside.example";
  static final String OUTSIDE = "mx.outside.example";
  static final String CAMPUS_IMAP = "imap.campus.example";
  static final String HOSTED_IMAP = "imap.hosted.example";
  static final String OUTSIDE_POP = "pop.outside.example";

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Map<String, MailServer> servers = new LinkedHashMap<>();
  private final Map<String, GatewayProxy> gateways = new LinkedHashMap<>();
  private final Map<String, String> environment = new LinkedHashMap<>();
  private final WorldDns dns;
  private final Pace pace;
  private final Mailboxes mailboxes;
  private final Certificates authority;
  private final Faults faults;

  private MailWorld(Pace pace) throws IOException, GeneralSecurityException {
    this.pace = pace;
    FutureTask<Certificates> certificates = new FutureTask<>(Certificates::create);
    Thread.ofVirtual().name("world-certificates").start(certificates);
    try {
      dns = kept(WorldDns.start(ZONES));
      int dnsPort = nameServer().getPort();
      environment.put("MAILCANARY_WORLD_DNS", "127.0.0.1:" + dnsPort);
      port("MAILCANARY_WORLD_DNS_PORT", dnsPort);
      Passwords passwords = new Passwords();
      mailboxes = kept(Mailboxes.start(passwords.mailboxes()));
      NextHops hops = new NextHops(nameServer());
      authority = finished(certificates);
      startServers(passwords, hops);
      openGateways();
      writeAuthority();
      faults = new Faults(new FaultEffects(this)::begin);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /// Starts all of it.
  public static MailWorld start() throws IOException {
    return start(Pace.FOR_LOOKING_ON);
  }

  /// @param pace how patient its servers are
  public static MailWorld start(Pace pace) throws IOException {
    long start = System.nanoTime();
    try {
      MailWorld world = new MailWorld(pace);
      LOG.debug("mail world up in {} ms", (System.nanoTime() - start) / 1_000_000);
      return world;
    } catch (GeneralSecurityException e) {
      throw new IOException("mail world: " + e.getMessage(), e);
    }
  }

  /// The variables that the shipped probe files read: addresses, ports, passwords of this start,
  /// and the authority's certificate.
  public Map<String, String> environment() {
    return Map.copyOf(environment);
  }

  /// What can go wrong here.
  public Faults faults() {
    return faults;
  }

  Zones zones() {
    return dns.zones();
  }

  InetSocketAddress nameServer() {
    return dns.resolver();
  }

  MailServer server(String host) {
    return found(servers, host);
  }

  GatewayProxy gateway(String host) {
    return found(gateways, host);
  }

  Certificates authority() {
    return authority;
  }

  Mailboxes mailboxes() {
    return mailboxes;
  }

  private static <T> T found(Map<String, T> parts, String host) {
    T part = parts.get(host);
    if (part == null) {
      throw new IllegalArgumentException(host + ": not in this world");
    }
    return part;
  }

  /// One secret a mailbox and one for the relay, made anew at each start.
  private final class Passwords {
    private final SecureRandom random = new SecureRandom();

    private String password(String variable) {
      byte[] bytes = new byte[16];
      random.nextBytes(bytes);
      String password = HexFormat.of().formatHex(bytes);
      environment.put(variable, password);
      return password;
    }

    Map<String, String> mailboxes() {
      String outside = password("MAILCANARY_WORLD_OUTSIDE_PASSWORD");
      return Map.of(
          "canary@campus.example", password("MAILCANARY_WORLD_CAMPUS_PASSWORD"),
          "canary@ugrad.example", password("MAILCANARY_WORLD_UGRAD_PASSWORD"),
          "canary@hosted.example", password("MAILCANARY_WORLD_HOSTED_PASSWORD"),
          "canary@publisher.example", password("MAILCANARY_WORLD_PUBLISHER_PASSWORD"),
          "canary@outside.example", outside);
    }

    Role.Account submission() {
      return new Role.Account("canary", password("MAILCANARY_WORLD_SUBMISSION_PASSWORD"));
    }
  }

  private void startServers(Passwords passwords, NextHops hops) throws GeneralSecurityException {
    MailServer.Surroundings around =
        new MailServer.Surroundings(hops, mailboxes, authority, authority.clientContext(), pace);
    Script noMx = new SenderCheck(hops, "<%s>: Sender address rejected: Domain not found");
    Script noValidMx = new SenderCheck(hops, "<%s>: No MX for your FROM address");
    start(Role.submission(SUBMISSION, passwords.submission()), around);
    start(Role.hub(HUB), around);
    start(Role.border(BORDER, Map.of("campus.example", STORE, "ugrad.example", CUSTOMERS)), around);
    start(Role.store(STORE, Set.of("campus.example"), false), around);
    start(Role.store(CUSTOMERS, Set.of("ugrad.example"), true), around);
    start(Role.store(HOSTED, Set.of("hosted.example"), true), around, noValidMx);
    start(Role.hub(OUTSIDE_RELAY), around);
    start(Role.store(OUTSIDE, Set.of("outside.example"), true), around);
    start(Role.store(PUBLISHER, Set.of("publisher.example"), true), around, noMx);
    // Where a domain has no MX, its own address stands in for it (RFC 5321 §5.1); the campus has
    // its border there.
    hops.listens("campus.example", server(BORDER).port());
    port("MAILCANARY_WORLD_SUBMISSION_PORT", server(SUBMISSION).port());
    port("MAILCANARY_WORLD_HUB_PORT", server(HUB).port());
    port("MAILCANARY_WORLD_OUTSIDE_PORT", server(OUTSIDE_RELAY).port());
  }

  private void start(Role role, MailServer.Surroundings around, Script... policy)
      throws GeneralSecurityException {
    servers.put(
        role.host(), kept(MailServer.start(role, around, Arrays.stream(policy).findFirst())));
  }

  private void openGateways() throws IOException, GeneralSecurityException {
    SSLContext hosted = authority.serverContext(HOSTED_IMAP);
    SSLContext outside = authority.serverContext(OUTSIDE_POP);
    gateway(CAMPUS_IMAP, mailboxes.imap(), Optional.empty(), "MAILCANARY_WORLD_CAMPUS_IMAP_PORT");
    gateway(
        HOSTED_IMAP, mailboxes.imap(), Optional.of(hosted), "MAILCANARY_WORLD_HOSTED_IMAP_PORT");
    gateway(
        OUTSIDE_POP, mailboxes.pop3(), Optional.of(outside), "MAILCANARY_WORLD_OUTSIDE_POP_PORT");
  }

  private void gateway(
      String host, InetSocketAddress target, Optional<SSLContext> tls, String variable)
      throws IOException {
    GatewayProxy gateway = kept(GatewayProxy.open(host, target, tls.map(context -> () -> context)));
    gateways.put(host, gateway);
    port(variable, gateway.port());
  }

  private void port(String variable, int port) {
    environment.put(variable, Integer.toString(port));
  }

  private void writeAuthority() throws IOException, GeneralSecurityException {
    Path directory = Files.createTempDirectory("mailcanary-world-");
    parts.push(() -> Files.deleteIfExists(directory));
    Path file = directory.resolve("ca.pem");
    parts.push(() -> Files.deleteIfExists(file));
    Files.writeString(file, authority.authorityPem());
    environment.put("MAILCANARY_WORLD_CA", file.toString());
  }

  private static <T> T finished(FutureTask<T> task) throws IOException, GeneralSecurityException {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the mail world started", e);
    } catch (ExecutionException e) {
      throw new GeneralSecurityException("no certificates for the mail world", e.getCause());
    }
  }

  private <T extends AutoCloseable> T kept(T part) {
    parts.push(part);
    return part;
  }

  /// Ends what was started last first; nothing stays behind, neither threads nor ports nor files.
  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        LOG.warn("mail world: a part did not close: {}", e.toString());
      }
    }
  }
}
