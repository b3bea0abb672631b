package io.mailcanary.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// A private Exim on loopback that relays for everybody on this machine, from Debian's package
/// unpacked beside the system: its mail servers exclude one another.
public final class Exim implements AutoCloseable {
  static final String PROGRAM = "/var/cache/mailcanary-lab/exim4/usr/sbin/exim4";

  /// Before the name of a next hop: what goes there bounces when it does not resolve, and is not
  /// frozen.
  public static final String FAIL = "fail:";

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final LabFolder folder = LabFolder.create("exim");
  private final int port = Ports.free();
  private final Daemon daemon;
  private final List<String> lines;

  /// @param routes a next hop for each domain: a port of loopback, or a host's name
  private Exim(Map<String, String> routes, List<String> lines) {
    this.lines = lines;
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
    return new Exim(new LinkedHashMap<>(routes), List.of());
  }

  /// @param lines of the main part of its configuration
  public static Exim start(Map<String, String> routes, String... lines) {
    return new Exim(new LinkedHashMap<>(routes), List.of(lines));
  }

  /// Routes otherwise from now on; each message is routed by a process of its own, which reads the
  /// configuration.
  public void route(Map<String, String> routes) {
    Path next = folder.write("conf.next", configuration(new LinkedHashMap<>(routes)));
    try {
      Files.move(next, next.resolveSibling("conf"), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String configuration(Map<String, String> routes) {
    List<String> routers = new ArrayList<>();
    List<String> transports = new ArrayList<>();
    int number = 0;
    for (Map.Entry<String, String> route : routes.entrySet()) {
      number++;
      boolean bounces = route.getValue().startsWith(FAIL);
      String host = bounces ? route.getValue().substring(FAIL.length()) : route.getValue();
      boolean here = host.matches("\\d+");
      routers.add(
          """
          route%d:
            driver = manualroute
            domains = %s
            route_list = * %s
            transport = transport%d
            self = send
            host_find_failed = %s
          """
              .formatted(
                  number,
                  route.getKey(),
                  here ? "127.0.0.1" : host,
                  number,
                  bounces ? "fail" : "freeze"));
      transports.add(
          """
          transport%d:
            driver = smtp
            port = %s
            hosts_try_fastopen =
          """
              .formatted(number, here ? host : "25"));
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
    %sbegin acl
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
            lines.stream().map(line -> line + "\n").collect(Collectors.joining()),
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
