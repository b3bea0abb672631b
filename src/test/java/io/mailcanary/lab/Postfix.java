package io.mailcanary.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.lab.CertificateAuthority.ServerCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A private Postfix on loopback that relays for everybody on this machine.
///
/// Its queue outlives `stop` and `kill`, and is gone with `close`.
public final class Postfix implements AutoCloseable {

  /// One message in the queue.
  public record Queued(
      String queue, String id, String sender, List<String> recipients, String delayReason) {}

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final ObjectMapper JSON = new ObjectMapper();
  // The queue manager is woken each second: a wake-up that goes to one that a reload is just ending
  // is lost.
  private static final String SERVICES =
      """
      pickup     unix  n  -  n  60    1  pickup
      cleanup    unix  n  -  n  -     0  cleanup
      qmgr       unix  n  -  n  1     1  qmgr
      tlsmgr     unix  -  -  n  1000? 1  tlsmgr
      rewrite    unix  -  -  n  -     -  trivial-rewrite
      bounce     unix  -  -  n  -     0  bounce
      defer      unix  -  -  n  -     0  bounce
      trace      unix  -  -  n  -     0  bounce
      verify     unix  -  -  n  -     1  verify
      flush      unix  n  -  n  1000? 0  flush
      proxymap   unix  -  -  n  -     -  proxymap
      proxywrite unix  -  -  n  -     1  proxymap
      smtp       unix  -  -  n  -     -  smtp
      relay      unix  -  -  n  -     -  smtp
      showq      unix  n  -  n  -     -  showq
      error      unix  -  -  n  -     -  error
      retry      unix  -  -  n  -     -  error
      discard    unix  -  -  n  -     -  discard
      virtual    unix  -  n  n  -     -  virtual
      lmtp       unix  -  -  n  -     -  lmtp
      anvil      unix  -  -  n  -     1  anvil
      scache     unix  -  -  n  -     1  scache
      postlog    unix-dgram n - n -   1  postlogd
      """;

  private final LabFolder folder;
  private final List<String> lines;
  private final int port;
  private final int submissionPort;
  private final int submissionsPort;
  private final @Nullable Path caFile;
  private final @Nullable Path resolvConf;
  private @Nullable Daemon daemon;

  private Postfix(Builder builder) {
    folder = LabFolder.create("postfix");
    port = builder.port == 0 ? Ports.free() : builder.port;
    submissionPort = Ports.free();
    submissionsPort = Ports.free();
    ServerCertificate certificate = builder.certificate;
    caFile = certificate == null ? null : certificate.caFile();
    String resolver = builder.resolver;
    resolvConf =
        resolver == null
            ? null
            : folder.write("resolv.conf", "nameserver " + resolver + "\noptions timeout:2\n");
    lines = new ArrayList<>(base());
    lines.addAll(builder.main());
    prepare();
    folder.write("etc/master.cf", master(builder));
    writeMain();
  }

  public static Builder builder() {
    return new Builder();
  }

  /// What a Postfix does with mail, and how fast.
  public static final class Builder {
    private final Map<String, String> routes = new LinkedHashMap<>();
    private final List<String> lines = new ArrayList<>();
    private final List<String> services = new ArrayList<>();
    private final List<String> mailboxDomains = new ArrayList<>();
    private String hostname = "mx.canary.test";
    private Duration retryEvery = Duration.ofSeconds(1);
    private int port;
    private @Nullable String resolver;
    private @Nullable ServerCertificate certificate;
    private @Nullable Path saslSocket;

    private Builder() {}

    /// Its name in banner, EHLO and Received.
    public Builder hostname(String name) {
      hostname = name;
      return this;
    }

    public Builder port(int number) {
      port = number;
      return this;
    }

    /// Delivers a domain's mail over LMTP on a port of loopback.
    public Builder deliver(String domain, int lmtpPort) {
      mailboxDomains.add(domain);
      return route(domain, "lmtp:inet:127.0.0.1:" + lmtpPort);
    }

    /// Hands a domain's mail on to an SMTP server on a port of loopback.
    public Builder relay(String domain, int smtpPort) {
      return route(domain, "smtp:[127.0.0.1]:" + smtpPort);
    }

    /// A line of transport(5), such as `error:5.1.1 no such user` for a domain; `*` is any domain.
    public Builder route(String domain, String transport) {
      routes.put(domain, transport);
      return this;
    }

    /// Offers STARTTLS on port 25's stand-in.
    public Builder certificate(ServerCertificate value) {
      certificate = value;
      return this;
    }

    /// Opens submission with STARTTLS and with implicit TLS; logins go to a Dovecot.
    public Builder submission(ServerCertificate value, Path socket) {
      certificate = value;
      saslSocket = socket;
      return this;
    }

    /// Asks this name server, and no other, by a resolv.conf of its own.
    public Builder resolver(String address) {
      resolver = address;
      return this;
    }

    /// All queue timers.
    public Builder retryEvery(Duration gap) {
      retryEvery = gap;
      return this;
    }

    /// A line of main.cf; it wins over those before it.
    public Builder line(String mainLine) {
      lines.add(mainLine);
      return this;
    }

    /// A line of master.cf.
    public Builder service(String masterLine) {
      services.add(masterLine);
      return this;
    }

    public Postfix start() {
      Postfix postfix = new Postfix(this);
      try {
        postfix.start();
        return postfix;
      } catch (RuntimeException | AssertionError e) {
        postfix.close();
        throw e;
      }
    }

    private List<String> main() {
      List<String> main = new ArrayList<>();
      long seconds = Math.max(1, retryEvery.toSeconds());
      main.add("myhostname = " + hostname);
      main.add("queue_run_delay = %ds".formatted(seconds));
      main.add("minimal_backoff_time = %ds".formatted(seconds));
      main.add("maximal_backoff_time = %ds".formatted(seconds));
      main.add("virtual_mailbox_domains = " + String.join(" ", mailboxDomains));
      if (!routes.isEmpty()) {
        main.add("transport_maps = inline:{ " + String.join(", ", routeEntries()) + " }");
      }
      if (certificate != null) {
        main.add("smtpd_tls_security_level = may");
        main.add("smtpd_tls_cert_file = " + certificate.certificate());
        main.add("smtpd_tls_key_file = " + certificate.key());
      }
      main.addAll(lines);
      return main;
    }

    private List<String> routeEntries() {
      return routes.entrySet().stream()
          .map(route -> "{ %s = %s }".formatted(route.getKey(), route.getValue()))
          .toList();
    }
  }

  private List<String> base() {
    return List.of(
        "compatibility_level = 3.6",
        "config_directory = " + folder.file("etc"),
        "queue_directory = " + folder.file("queue"),
        "data_directory = " + folder.file("data"),
        "command_directory = /usr/sbin",
        "daemon_directory = /usr/lib/postfix/sbin",
        "maillog_file = " + logFile(),
        "maillog_file_prefixes = " + folder.path(),
        "mydomain = canary.test",
        "mydestination =",
        "inet_interfaces = 127.0.0.1",
        "inet_protocols = ipv4",
        "mynetworks = 127.0.0.0/8",
        "alias_maps =",
        "alias_database =",
        "local_recipient_maps =",
        "local_transport = error:5.1.1 no local mail here",
        "recipient_delimiter = +",
        "smtputf8_enable = yes",
        "smtpd_error_sleep_time = 0",
        "smtpd_client_connection_count_limit = 0",
        "smtpd_client_connection_rate_limit = 0",
        "in_flow_delay = 0",
        "message_size_limit = 52428800",
        "mailbox_size_limit = 0",
        "lmtp_tls_security_level = none");
  }

  private void prepare() {
    folder.directory("data", "rwx------", "postfix");
    folder.directory("queue", "rwxr-xr-x");
    folder.directory("queue/pid", "rwxr-xr-x");
    for (String queue :
        List.of(
            "active",
            "bounce",
            "corrupt",
            "defer",
            "deferred",
            "flush",
            "hold",
            "incoming",
            "maildrop",
            "private",
            "public",
            "saved",
            "trace")) {
      folder.directory("queue/" + queue, "rwx------", "postfix");
    }
  }

  private String master(Builder builder) {
    StringBuilder master = new StringBuilder();
    master.append("127.0.0.1:%d inet n - n - - smtpd%n".formatted(port));
    Path socket = builder.saslSocket;
    if (socket != null) {
      master.append(
          submission(submissionPort, socket, "smtpd_tls_security_level=encrypt")
              + submission(submissionsPort, socket, "smtpd_tls_wrappermode=yes"));
    }
    master.append(SERVICES);
    builder.services.forEach(line -> master.append(line).append('\n'));
    return master.toString();
  }

  private static String submission(int port, Path saslSocket, String tls) {
    return """
    127.0.0.1:%d inet n - n - - smtpd
      -o %s
      -o smtpd_tls_auth_only=yes
      -o smtpd_sasl_auth_enable=yes
      -o smtpd_sasl_type=dovecot
      -o smtpd_sasl_path=%s
      -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
      -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject
    """
        .formatted(port, tls, saslSocket);
  }

  private void writeMain() {
    // Postfix takes the last of several lines for one key, but warns of the others.
    Map<String, String> settings = new LinkedHashMap<>();
    lines.forEach(line -> settings.put(line.substring(0, line.indexOf('=')).strip(), line));
    Path main = folder.write("etc/main.next", String.join("\n", settings.values()) + "\n");
    try {
      // Postfix waits about two seconds for a file that has just been written to.
      Files.setLastModifiedTime(main, FileTime.from(Instant.now().minusSeconds(60)));
      Files.move(main, main.resolveSibling("main.cf"), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Starts it again on the same ports and the same queue.
  public synchronized void start() {
    if (running()) {
      return;
    }
    List<String> command = new ArrayList<>();
    if (resolvConf != null) {
      command.addAll(
          List.of(
              "unshare",
              "-m",
              "sh",
              "-c",
              "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"",
              resolvConf.toString()));
    }
    command.addAll(
        List.of("/usr/lib/postfix/sbin/master", "-c", folder.file("etc").toString(), "-s"));
    Ports.awaitFree(port);
    Daemon started = Daemon.start("Postfix", folder.file("output"), command);
    daemon = started;
    started.awaitGreetings(logFile(), port);
  }

  public synchronized boolean running() {
    return daemon != null && daemon.running();
  }

  /// Ends it in order.
  public synchronized void stop() {
    if (daemon != null) {
      daemon.stop();
      daemon = null;
    }
  }

  /// Ends it as a power cut would.
  public synchronized void kill() {
    if (daemon != null) {
      daemon.kill();
      daemon = null;
    }
  }

  /// It accepts connections, and then nothing answers, until `thaw`.
  public synchronized void freeze() {
    if (daemon != null) {
      daemon.freeze();
    }
  }

  public synchronized void thaw() {
    if (daemon != null) {
      daemon.thaw();
    }
  }

  /// Changes lines of main.cf; processes take them up when their present client has gone.
  public synchronized void set(String... mainLines) {
    lines.addAll(List.of(mainLines));
    writeMain();
    if (daemon != null) {
      daemon.hangup();
    }
  }

  @Override
  public synchronized void close() {
    // Nothing in the queue is worth an orderly end.
    kill();
    folder.delete();
  }

  public int port() {
    return port;
  }

  /// STARTTLS and login are asked for.
  public int submissionPort() {
    return submissionPort;
  }

  /// Implicit TLS; login is asked for.
  public int submissionsPort() {
    return submissionsPort;
  }

  /// The authority behind its certificate.
  public Path caFile() {
    return Optional.ofNullable(caFile).orElseThrow();
  }

  public Path logFile() {
    return folder.file("log");
  }

  public String log() {
    return Command.text(logFile());
  }

  /// The command that prints its queue, a JSON object a line.
  public List<String> queueCommand() {
    return List.of("/usr/sbin/postqueue", "-c", folder.file("etc").toString(), "-j");
  }

  public List<Queued> queue() {
    return Command.run(LIMIT, queueCommand(), Map.of())
        .orFail()
        .output()
        .lines()
        .filter(line -> line.startsWith("{"))
        .map(Postfix::queued)
        .toList();
  }

  private static Queued queued(String line) {
    try {
      JsonNode message = JSON.readTree(line);
      List<String> recipients = new ArrayList<>();
      StringBuilder reasons = new StringBuilder();
      for (JsonNode recipient : message.path("recipients")) {
        recipients.add(recipient.path("address").asText());
        reasons.append(recipient.path("delay_reason").asText(""));
      }
      return new Queued(
          message.path("queue_name").asText(),
          message.path("queue_id").asText(),
          message.path("sender").asText(),
          recipients,
          reasons.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Tries everything in the queue at once.
  public void flush() {
    String configuration = folder.file("etc").toString();
    Command.run(LIMIT, "/usr/sbin/postqueue", "-c", configuration, "-f").orFail();
  }
}
