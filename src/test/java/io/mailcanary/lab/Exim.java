package io.mailcanary.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A private Exim on loopback that relays for everybody on this machine, from Debian's package
/// unpacked beside the system: its mail servers exclude one another.
public final class Exim implements AutoCloseable {
  static final String PROGRAM = "/var/cache/mailcanary-lab/exim4/usr/sbin/exim4";

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final LabFolder folder = LabFolder.create("exim");
  private final int port = Ports.free();
  private final Daemon daemon;

  /// @param routes a next hop for each domain: a port of loopback, or a host's name
  private Exim(Map<String, String> routes) {
    folder.directory("spool", "rwxr-x---", "Debian-exim");
    folder.directory("log", "rwxr-xr-x", "Debian-exim");
    folder.write("conf", configuration(routes));
    daemon =
        Daemon.start(
            "Exim",
            folder.file("output"),
            List.of(PROGRAM, "-C", folder.file("conf").toString(), "-bdf", "-q1s"));
    daemon.awaitGreetings(logFile(), port);
  }

  /// @param routes a next hop for each domain: a port of loopback, or a host's name
  public static Exim start(Map<String, String> routes) {
    return new Exim(new LinkedHashMap<>(routes));
  }

  private String configuration(Map<String, String> routes) {
    List<String> routers = new ArrayList<>();
    List<String> transports = new ArrayList<>();
    int number = 0;
    for (Map.Entry<String, String> route : routes.entrySet()) {
      number++;
      boolean here = route.getValue().matches("\\d+");
      routers.add(
          """
          route%d:
            driver = manualroute
            domains = %s
            route_list = * %s
            transport = transport%d
            self = send
          """
              .formatted(number, route.getKey(), here ? "127.0.0.1" : route.getValue(), number));
      transports.add(
          """
          transport%d:
            driver = smtp
            port = %s
            hosts_try_fastopen =
          """
              .formatted(number, here ? route.getValue() : "25"));
    }
    return """
    exim_path = %s
    primary_hostname = mx.exim.test
    spool_directory = %s
    log_file_path = %s/%%slog
    pid_file_path = %s
    daemon_smtp_ports = %d
    local_interfaces = 127.0.0.1
    disable_ipv6 = true
    keep_environment =
    tls_advertise_hosts =
    host_lookup =
    rfc1413_hosts =
    acl_smtp_rcpt = accept
    acl_smtp_data = accept
    dsn_advertise_hosts = *
    begin acl
    accept:
      accept
    begin routers
    %sbegin transports
    %sbegin retry
    * * F,1h,1s
    """
        .formatted(
            PROGRAM,
            folder.file("spool"),
            folder.file("log"),
            folder.file("pid"),
            port,
            String.join("", routers),
            String.join("", transports));
  }

  public int port() {
    return port;
  }

  /// The command that prints its queue.
  public List<String> queueCommand() {
    return List.of(PROGRAM, "-C", folder.file("conf").toString(), "-bp");
  }

  public String queue() {
    return Command.run(LIMIT, queueCommand(), Map.of()).orFail().output();
  }

  public Path logFile() {
    return folder.file("log").resolve("mainlog");
  }

  public String log() {
    return Command.text(logFile());
  }

  @Override
  public void close() {
    daemon.kill();
    folder.delete();
  }
}
