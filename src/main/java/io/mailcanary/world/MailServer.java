package io.mailcanary.world;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.subethamail.smtp.AuthenticationHandler;
import org.subethamail.smtp.MessageContext;
import org.subethamail.smtp.MessageHandler;
import org.subethamail.smtp.RejectException;
import org.subethamail.smtp.auth.EasyAuthenticationHandlerFactory;
import org.subethamail.smtp.auth.LoginFailedException;
import org.subethamail.smtp.server.SMTPServer;
import org.subethamail.smtp.server.Session;

/// One mail server of the world: takes mail by SMTP, writes its trace line, queues it, and takes it
/// to the next server or into a mailbox.
final class MailServer implements AutoCloseable {
  static final int LARGEST_MESSAGE = 16 << 20;
  private static final int MOST_CONNECTIONS = 100;
  private static final int MOST_RECIPIENTS = 50;
  private static final int MOST_HOPS = 25;
  private static final Pattern TRACE = Pattern.compile("(?mi)^Received:");
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z '(UTC)'", Locale.ENGLISH);
  private static final AtomicLong IDS = new AtomicLong(System.currentTimeMillis() << 8);

  private final Role role;
  private final NextHops hops;
  private final Mailboxes mailboxes;
  private final SSLContext trust;
  private final Spool spool;
  private final SMTPServer server;
  private volatile SSLContext identity;
  private volatile Script script = Script.NONE;
  private volatile Duration skew = Duration.ZERO;

  private MailServer(
      Role role, NextHops hops, Mailboxes mailboxes, SSLContext identity, SSLContext trust) {
    this.role = role;
    this.hops = hops;
    this.mailboxes = mailboxes;
    this.identity = identity;
    this.trust = trust;
    this.spool = new Spool(role.host(), this::takeFurther);
    this.server = server();
  }

  static MailServer start(
      Role role, NextHops hops, Mailboxes mailboxes, Certificates certificates, SSLContext trust)
      throws GeneralSecurityException {
    SSLContext identity = role.tls() ? certificates.serverContext(role.host()) : trust;
    MailServer server = new MailServer(role, hops, mailboxes, identity, trust);
    server.server.start();
    hops.listens(role.host(), server.port());
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
        (SSLSocket) identity.getSocketFactory().createSocket(socket, null, socket.getPort(), true);
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

  void follow(Script next) {
    script = next;
  }

  /// Shows another certificate from the next connection on.
  void identify(SSLContext next) {
    identity = next;
  }

  /// How far its clock runs ahead of the world's.
  void skew(Duration by) {
    skew = by;
  }

  private void takeFurther(Mail mail) throws SmtpRefusal {
    if (role.keeps().contains(mail.domain())) {
      mailboxes.deliver(mail, Mailboxes.INBOX);
      return;
    }
    String behind = role.passes().get(mail.domain());
    List<String> hosts = behind == null ? hops.exchangers(mail.domain()) : List.of(behind);
    SmtpRefusal last = new SmtpRefusal(450, "4.4.1 nobody to hand over to");
    for (String host : hosts) {
      try {
        SmtpTransfer.send(hops.hop(host), role.host(), mail, trust);
        return;
      } catch (SmtpRefusal refusal) {
        if (refusal.reply().isPermanent()) {
          throw refusal;
        }
        last = refusal;
      }
    }
    throw last;
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
      follow(Script.Stage.DATA, "");
      if (hopsOf(message) > MOST_HOPS) {
        throw new RejectException(554, "5.4.6 Too many hops");
      }
      String id = Long.toString(IDS.incrementAndGet(), 36).toUpperCase(Locale.ROOT);
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
      Optional<SmtpRefusal> refusal = script.refusal(stage, argument);
      if (refusal.isPresent()) {
        throw new RejectException(refusal.get().reply().code(), refusal.get().reply().text());
      }
    }

    private byte[] traced(String id, String recipient, byte[] message) {
      byte[] trace = trace(id, recipient).getBytes(StandardCharsets.UTF_8);
      byte[] traced = Arrays.copyOf(trace, trace.length + message.length);
      System.arraycopy(message, 0, traced, trace.length, message.length);
      return traced;
    }

    /// RFC 5321 §4.4, in the words that Postfix uses.
    private String trace(String id, String recipient) {
      Optional<SSLSession> tls = tls();
      Optional<Object> login =
          context.getAuthenticationHandler().map(AuthenticationHandler::getIdentity);
      StringBuilder trace = new StringBuilder("Received: from ");
      trace.append(visible(context.getHelo().orElse("unknown"))).append(" (localhost [127.0.0.1])");
      tls.ifPresent(session ->
          trace.append(
              "\r\n\t(using %s with cipher %s)"
                  .formatted(session.getProtocol(), session.getCipherSuite())));
      login.ifPresent(
          name -> trace.append("\r\n\t(Authenticated sender: ").append(name).append(')'));
      trace
          .append("\r\n\tby ")
          .append(role.host())
          .append(" (mailcanary world) with ESMTP")
          .append(tls.isPresent() ? "S" : "")
          .append(login.isPresent() ? "A" : "")
          .append(" id ")
          .append(id)
          .append("\r\n\tfor <")
          .append(visible(recipient))
          .append(">; ")
          .append(DATE.format(ZonedDateTime.now(ZoneOffset.UTC).plus(skew)))
          .append("\r\n");
      return trace.toString();
    }

    private Optional<SSLSession> tls() {
      return context instanceof Session session
              && session.isTLSStarted()
              && session.getSocket() instanceof SSLSocket socket
          ? Optional.of(socket.getSession())
          : Optional.empty();
    }
  }

  private static String visible(String text) {
    String bounded = text.length() > 255 ? text.substring(0, 255) : text;
    return bounded.replaceAll("[^\\x21-\\x7e]", "?");
  }

  private static long hopsOf(byte[] message) {
    String whole = new String(message, StandardCharsets.ISO_8859_1);
    int end = whole.indexOf("\r\n\r\n");
    return TRACE.matcher(end < 0 ? whole : whole.substring(0, end)).results().count();
  }

  @Override
  public void close() {
    server.stop();
    spool.close();
  }
}
