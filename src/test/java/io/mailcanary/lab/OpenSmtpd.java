package io.mailcanary.lab;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A private OpenSMTPD on loopback that relays for everybody on this machine, from Debian's package
/// unpacked beside the system. Its folders are compiled in, so it lives in a mount namespace of its
/// own.
public final class OpenSmtpd implements AutoCloseable {
  static final String PROGRAM = "/var/cache/mailcanary-lab/opensmtpd/usr/sbin/smtpd";

  private static final String HELPERS = "/var/cache/mailcanary-lab/opensmtpd/usr/libexec/opensmtpd";

  private final LabFolder folder = LabFolder.create("opensmtpd");
  private final int port = Ports.free();
  private final Daemon daemon;

  /// @param routes a port of loopback for each domain
  private OpenSmtpd(Map<String, Integer> routes) {
    StringBuilder actions = new StringBuilder();
    StringBuilder matches = new StringBuilder();
    routes.forEach((domain, next) -> {
      actions.append("action \"%s\" relay host \"smtp://127.0.0.1:%d\"\n".formatted(domain, next));
      matches.append("match from any for domain \"%s\" action \"%s\"\n".formatted(domain, domain));
    });
    Path configuration =
        folder.write(
            "conf",
            "listen on 127.0.0.1 port %d hostname mx.opensmtpd.test\n%s%s"
                .formatted(port, actions, matches));
    Path script =
        folder.write(
            "start",
            """
            set -e
            mount -t tmpfs tmpfs /var/spool
            mkdir /var/spool/smtpd
            chmod 711 /var/spool/smtpd
            mount -t tmpfs tmpfs /usr/libexec
            mkdir /usr/libexec/opensmtpd
            mount --bind %s /usr/libexec/opensmtpd
            mount -t tmpfs tmpfs /run
            mount -t tmpfs tmpfs /var/lib
            mkdir -p /var/lib/opensmtpd/empty
            exec %s -d -f %s
            """
                .formatted(HELPERS, PROGRAM, configuration));
    daemon =
        Daemon.start(
            "OpenSMTPD", folder.file("output"), List.of("unshare", "-m", "sh", script.toString()));
    daemon.awaitGreetings(folder.file("output"), port);
  }

  /// @param routes a port of loopback for each domain
  public static OpenSmtpd start(Map<String, Integer> routes) {
    return new OpenSmtpd(routes);
  }

  public int port() {
    return port;
  }

  public String log() {
    return Command.text(folder.file("output"));
  }

  @Override
  public void close() {
    daemon.kill();
    folder.delete();
  }
}
