package io.mailcanary.world;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.subethamail.smtp.MessageContext;
import org.subethamail.smtp.MessageHandler;
import org.subethamail.smtp.RejectException;
import org.subethamail.smtp.auth.EasyAuthenticationHandlerFactory;
import org.subethamail.smtp.auth.LoginFailedException;
import org.subethamail.smtp.server.SMTPServer;

/// One mail server of the world: takes mail by SMTP, writes its trace line, queues it, and takes it
/// to the next server or into a mailbox.
final class MailServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MailServer.class);
  static final int LARGEST_MESSAGE = 16 << 20;
  private static final int MOST_CONNECTIONS = 100;
  private static final int MOST_RECIPIENTS = 50;
  private static final int MOST_HOPS = 25;
  private static final AtomicLong IDS = new AtomicLong(System.currentTimeMillis() << 8);

  private final Role role;
  private final Mailboxes mailboxes;
  private final Pace pace;
  private final Courier courier;
  private final Spool spool;
  private final SMTPServer server;
  private final Script policy;
  private final InForce<SSLContext> identity;
  private final InForce<Script> script = new InForce<>(Script.NONE);
  private final InForce<Duration> skew = new InForce<>(Duration.ZERO);

  private MailServer(Role role, Surroundings around, Optional<Script> policy, SSLContext identity) {
    this.role = role;
    this.mailboxes = around.mailboxes();
    this.pace = around.pace();
    this.policy = policy.orElse(Script.NONE);
    this.identity = new InForce<>(identity);
    this.courier = new Courier(role, around.hops(), mailboxes, around.trust());
    this.spool = new Spool(role.host(), pace, courier, new Notices());
    this.server = server();
  }

  /// What all servers of a world share.
  record Surroundings(
      NextHops hops, Mailboxes mailboxes, Certificates certificates, SSLContext trust, Pace pace) {}

  /// @param policy its own ideas of whom to refuse
  static MailServer start(Role role, Surroundings around, Optional<Script> policy)
      throws GeneralSecurityException {
    SSLContext identity =
        role.tls() ? around.certificates().serverContext(role.host()) : around.trust();
    MailServer server = new MailServer(role, around, policy, identity);
    server.server.start();
    around.hops().listens(role.host(), server.port());
    return server;
  }

  private SMTPServer server() {
    SMTPServer.Builder builder =
        SMTPServer.port(0)
            .bindAddress(Loopback.ADDRESS)
            .hostName(role.host())
            .softwareName("mailcanary world")
            .serverThreadName("world-" + role.host())
            .executorService(
                Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("world-" + role.host() + "-", 0).factory()))
            .insertReceivedHeaders(false)
            .maxConnections(MOST_CONNECTIONS)
            .maxRecipients(MOST_RECIPIENTS)
            .maxMessageSize(LARGEST_MESSAGE)
            .connectionTimeout(5, TimeUnit.MINUTES)
            .messageHandlerFactory(Conversation::new);
    if (role.tls()) {
      builder.enableTLS().startTlsSocketFactory(this::secured);
    }
    role.login()
        .ifPresent(account ->
            builder
                .requireTLS()
                .requireAuth()
                .authenticationHandlerFactory(
                    new EasyAuthenticationHandlerFactory(
                        (name, password, _) -> logIn(account, name, password))));
    return builder.build();
  }

  private SSLSocket secured(Socket socket) throws IOException {
    SSLSocket secured =
        (SSLSocket)
            identity.now().getSocketFactory().createSocket(socket, null, socket.getPort(), true);
    secured.setUseClientMode(false);
    return secured;
  }

  private static void logIn(Role.Account account, String name, String password)
      throws LoginFailedException {
    byte[] given = password.getBytes(StandardCharsets.UTF_8);
    byte[] wanted = account.password().getBytes(StandardCharsets.UTF_8);
    if (!account.name().equals(name) || !MessageDigest.isEqual(given, wanted)) {
      throw new LoginFailedException();
    }
  }

  String host() {
    return role.host();
  }

  int port() {
    return server.getPortAllocated();
  }

  Spool spool() {
    return spool;
  }

  /// Says what the script says, where that has something to say.
  Repair follow(Script next) {
    return script.put(next);
  }

  /// Shows another certificate from the next connection on.
  Repair identify(SSLContext next) {
    return identity.put(next);
  }

  /// Has a clock that runs ahead of the world's.
  Repair skew(Duration by) {
    return skew.put(by);
  }

  Courier courier() {
    return courier;
  }

  private static String nextId() {
    return Long.toString(IDS.incrementAndGet(), 36).toUpperCase(Locale.ROOT);
  }

  /// Reports go out like any other mail; nobody hears of a report that finds no way.
  private final class Notices implements Spool.Notices {
    @Override
    public void late(Spool.Waiting waiting, SmtpRefusal last) {
      tell(waiting, last, false);
    }

    @Override
    public void failed(Spool.Waiting waiting, SmtpRefusal last) {
      tell(waiting, last, true);
    }

    private void tell(Spool.Waiting waiting, SmtpRefusal last, boolean failed) {
      if (waiting.mail().sender().isEmpty()) {
        return;
      }
      String id = nextId();
      DeliveryNotice notice =
          new DeliveryNotice(
              role.host(), failed, waiting, last, waiting.since().plus(pace.givesUpAfter()));
      if (!spool.offer(id, notice.mail(id, Instant.now().plus(skew.now())))) {
        LOG.warn("{}: {}: no room for a report", role.host(), waiting.id());
      }
    }
  }

  /// What is said about one message, from MAIL to the end of data.
  private final class Conversation implements MessageHandler {
    private final MessageContext context;
    private final List<String> recipients = new ArrayList<>();
    private String sender = "";

    Conversation(MessageContext context) {
      this.context = context;
    }

    @Override
    public void from(String from) throws RejectException {
      follow(Script.Stage.MAIL, from);
      sender = from;
    }

    @Override
    public void recipient(String recipient) throws RejectException {
      follow(Script.Stage.RCPT, recipient);
      String domain = Mail.domainOf(recipient);
      boolean kept = role.keeps().contains(domain);
      if (!kept && !role.relays() && !role.passes().containsKey(domain)) {
        throw new RejectException(554, "5.7.1 <%s>: Relay access denied".formatted(recipient));
      }
      if (kept && mailboxes.mailboxOf(recipient).isEmpty()) {
        throw new RejectException(
            550, "5.1.1 <%s>: Recipient address rejected: User unknown".formatted(recipient));
      }
      recipients.add(recipient);
    }

    @Override
    public String data(InputStream data) throws RejectException, IOException {
      byte[] message = data.readNBytes(LARGEST_MESSAGE + 1);
      if (message.length > LARGEST_MESSAGE) {
        data.skip(Long.MAX_VALUE);
        throw new RejectException(552, "5.3.4 Message size exceeds fixed limit");
      }
      follow(Script.Stage.DATA, MessageHead.messageId(message));
      if (MessageHead.hops(message) > MOST_HOPS) {
        throw new RejectException(554, "5.4.6 Too many hops");
      }
      String id = nextId();
      for (int i = 0; i < recipients.size(); i++) {
        String recipient = recipients.get(i);
        Mail mail = new Mail(sender, recipient, traced(id, recipient, message));
        if (!spool.offer(i == 0 ? id : id + "." + i, mail)) {
          throw new RejectException(452, "4.3.1 Insufficient system storage");
        }
      }
      return "2.0.0 Ok: queued as " + id;
    }

    @Override
    public void done() {
      recipients.clear();
    }

    private void follow(Script.Stage stage, String argument) throws RejectException {
      Optional<SmtpRefusal> refusal =
          script.now().refusal(stage, argument).or(() -> policy.refusal(stage, argument));
      if (refusal.isPresent()) {
        throw new RejectException(refusal.get().reply().code(), refusal.get().reply().text());
      }
    }

    private byte[] traced(String id, String recipient, byte[] message) {
      String line =
          TraceLine.of(context, role.host(), id, recipient, Instant.now().plus(skew.now()));
      byte[] trace = line.getBytes(StandardCharsets.UTF_8);
      byte[] traced = Arrays.copyOf(trace, trace.length + message.length);
      System.arraycopy(message, 0, traced, trace.length, message.length);
      return traced;
    }
  }

  @Override
  public void close() {
    server.stop();
    spool.close();
  }
}
