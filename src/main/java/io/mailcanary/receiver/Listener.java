package io.mailcanary.receiver;

import io.mailcanary.path.Mailbox.Receiver;
import io.mailcanary.path.Mailbox.Receiver.Stage;
import io.mailcanary.receiver.Attempt.Step;
import io.mailcanary.receiver.ReceiverPolicy.Question;
import io.mailcanary.wire.OwnCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.subethamail.smtp.helper.BasicMessageListener;
import org.subethamail.smtp.server.SMTPServer;
import org.subethamail.smtp.server.Session;
import org.subethamail.smtp.server.SessionHandler;

/// One listening receiver. The port is had from the start; it is served once somebody hears what
/// comes. Settings can change while it listens.
final class Listener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
  private static final int CHECK_MILLIS = 5_000;

  /// How much later than its deadline a connection is cut that does not even take our answer.
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final Door door;
  private final SMTPServer server;
  private final Gate gate;
  private volatile OwnCertificate certificate;
  private final InstantSource clock;
  private final Limits limits;
  private final Map<Session, Visit> visits = new ConcurrentHashMap<>();
  private final Set<Integer> checks = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final AtomicLong ids;
  private volatile Receiver settings;
  private volatile OwnAddresses addresses;
  private volatile @Nullable ReceiverSink sink;
  private boolean served;

  /// @throws IOException when the port cannot be had
  Listener(Receiver settings, OwnAddresses addresses, Gate gate, InstantSource clock, Limits limits)
      throws IOException {
    this.settings = settings;
    this.addresses = addresses;
    this.clock = clock;
    this.limits = limits;
    this.gate = gate;
    this.certificate = new OwnCertificate(settings.certificate(), settings.hostName());
    this.ids = new AtomicLong(clock.millis() << 8);
    this.door = new Door(settings.listen(), limits.session());
    this.server = server();
  }

  private SMTPServer server() {
    SMTPServer made =
        SMTPServer.port(door.getLocalPort())
            .bindAddress(settings.listen().getAddress())
            .hostName(hostName())
            .softwareName("mailcanary")
            .serverThreadName("receiver-" + settings.name())
            .executorService(
                Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("receiver-" + settings.name() + "-", 0).factory()))
            .insertReceivedHeaders(false)
            .maxConnections(limits.connections())
            .connectionTimeout(Math.toIntExact(limits.session().toSeconds()), TimeUnit.SECONDS)
            .serverSocketFactory(() -> door)
            .sessionHandler(new Doorkeeper())
            // Never asked: MAIL, RCPT and DATA are our own.
            .messageHandler((BasicMessageListener) (_, _, _, _) -> {})
            .build();
    new Dialogue(this, limits).verbs().forEach(made.getCommandHandler()::addCommand);
    return made;
  }

  /// Tells what comes to `next` from now on.
  synchronized void hear(ReceiverSink next) {
    sink = next;
    if (!served) {
      served = true;
      server.start();
    }
  }

  void become(Receiver next, OwnAddresses own) {
    if (!next.certificate().equals(settings.certificate())) {
      certificate = new OwnCertificate(next.certificate(), next.hostName());
    }
    settings = next;
    addresses = own;
  }

  Receiver settings() {
    return settings;
  }

  OwnAddresses addresses() {
    return addresses;
  }

  Gate gate() {
    return gate;
  }

  int port() {
    return door.getLocalPort();
  }

  String hostName() {
    return settings.hostName();
  }

  /// Goes on in TLS on a connection (RFC 3207). What came before the handshake is forgotten.
  String secure(Session session, Visit visit) throws IOException {
    SSLSocket secured =
        (SSLSocket)
            certificate
                .context()
                .getSocketFactory()
                .createSocket(visit.socket, visit.client.getHostAddress(), port(), true);
    secured.setUseClientMode(false);
    secured.startHandshake();
    session.setSocket(secured);
    session.setTlsStarted(true);
    return secured.getSession().getProtocol();
  }

  /// Why it has no TLS to offer; empty: it has.
  Optional<String> withoutTls() {
    try {
      var _ = certificate.context();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  Instant now() {
    return clock.instant();
  }

  String nextId() {
    return Long.toString(ids.incrementAndGet(), 36).toUpperCase(Locale.ROOT);
  }

  /// How long the next command may take.
  Duration patience() {
    return visits.size() > limits.connections() / 2 ? limits.hurried() : limits.command();
  }

  /// Waits, unless the receiver is closed.
  void pause(Duration time) {
    try {
      if (time.isPositive() && closing.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.debug("a delay is cut short");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  Visit visit(Session session) throws IOException {
    Visit visit = visits.get(session);
    if (visit == null) {
      throw new IOException("nobody let this connection in");
    }
    return visit;
  }

  void refused(Attempt attempt, String head) {
    tell(to -> to.refused(attempt, head));
  }

  void received(Attempt attempt, ReceivedMessage message, Instant at) {
    tell(to -> to.received(attempt, message, at));
  }

  private void tell(java.util.function.Consumer<ReceiverSink> telling) {
    ReceiverSink to = sink;
    try {
      if (to != null) {
        telling.accept(to);
      }
    } catch (RuntimeException e) {
      LOG.warn("What came to receiver {} was not taken: {}", settings.name(), e.toString());
    }
  }

  /// Cuts connections that are too late and do not even read what we say to that.
  void sweep() {
    gate.keep();
    visits.values().stream()
        .filter(visit -> visit.socket.overdue().compareTo(GRACE) > 0)
        .forEach(Listener::cut);
  }

  private static void cut(Visit visit) {
    try {
      visit.socket.close();
    } catch (IOException e) {
      LOG.debug("a connection could not be cut: {}", e.toString());
    }
  }

  /// Why a client of its own gets no greeting; empty: it does.
  Optional<String> trouble() {
    InetAddress own = settings.listen().getAddress();
    InetAddress target = own.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : own;
    Socket client = new Socket();
    int port = 0;
    try (client) {
      client.bind(new InetSocketAddress(target, 0));
      port = client.getLocalPort();
      checks.add(port);
      client.setSoTimeout(CHECK_MILLIS);
      client.connect(new InetSocketAddress(target, port()), CHECK_MILLIS);
      InputStream in = client.getInputStream();
      String greeting = new String(in.readNBytes(3), StandardCharsets.US_ASCII);
      return greeting.matches("[245]\\d\\d")
          ? Optional.empty()
          : Optional.of("no greeting from our own port " + port());
    } catch (IOException e) {
      return Optional.of("our own port %d does not answer: %s".formatted(port(), e.getMessage()));
    } finally {
      checks.remove(port);
    }
  }

  @Override
  public synchronized void close() {
    closing.countDown();
    gate.keep();
    visits.values().forEach(Listener::cut);
    if (served) {
      server.stop();
    }
    try {
      door.close();
    } catch (IOException e) {
      LOG.debug("a port could not be closed: {}", e.toString());
    }
  }

  /// Lets clients in, or not.
  private final class Doorkeeper implements SessionHandler {
    @Override
    public SessionAcceptance accept(Session session) {
      InetSocketAddress from = session.getRemoteAddress();
      if (!(session.getSocket() instanceof GuardedSocket socket)) {
        return SessionAcceptance.failure(421, "4.3.0 Not now");
      }
      Visit visit = new Visit(socket, from.getAddress(), now());
      socket.within(patience());
      if (checks.contains(from.getPort())) {
        visits.put(session, visit);
        return SessionAcceptance.success();
      }
      return refusal(visit)
          .map(reply -> refused(visit, reply))
          .orElseGet(() -> {
            visits.put(session, visit);
            return SessionAcceptance.success();
          });
    }

    private Optional<io.mailcanary.mail.SmtpReply> refusal(Visit visit) {
      long same = visits.values().stream().filter(v -> v.client.equals(visit.client)).count();
      if (same >= limits.perClient()) {
        return Optional.of(Replies.of(421, "4.7.0 Too many connections from you"));
      }
      return gate.refusal(new Question(settings, Stage.CONNECT, visit.client, "", "", ""));
    }

    private SessionAcceptance refused(Visit visit, io.mailcanary.mail.SmtpReply reply) {
      Step step = new Step(Stage.CONNECT, "", reply, now());
      visit.note(step);
      Listener.this.refused(visit.attempt(settings.name(), step), "");
      return SessionAcceptance.failure(reply.code(), reply.text());
    }

    @Override
    public void onSessionEnd(Session session) {
      visits.remove(session);
    }
  }
}
