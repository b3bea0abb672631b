package io.mailcanary.lab;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/// A private validating resolver, which finds everything from a root zone of the lab on.
public final class Unbound implements AutoCloseable {
  private final LabFolder folder = LabFolder.create("unbound");
  private final String address;
  private @Nullable Daemon daemon;

  private Unbound(String address) {
    this.address = address;
  }

  static Unbound start(String address, String root, String... lines) {
    Unbound unbound = new Unbound(address);
    unbound.folder.write("root.hints", ". 3600 IN NS a.root.\na.root. 3600 IN A " + root + "\n");
    unbound.folder.write(
        "unbound.conf",
        """
        server:
          directory: "%1$s"
          pidfile: "%1$s/pid"
          logfile: "%1$s/log"
          use-syslog: no
          username: ""
          chroot: ""
          verbosity: 1
          num-threads: 1
          interface: %2$s
          outgoing-interface: %2$s
          do-ip6: no
          access-control: 127.0.0.0/8 allow
          do-not-query-localhost: no
          root-hints: "%1$s/root.hints"
          module-config: "validator iterator"
          ede: yes
          local-zone: "test." nodefault
          local-zone: "127.in-addr.arpa." nodefault
          cache-max-ttl: 2
          cache-max-negative-ttl: 1
          infra-host-ttl: 2
          msg-cache-size: 1m
          rrset-cache-size: 1m
          key-cache-size: 1m
        %3$s
        remote-control:
          control-enable: no
        """
            .formatted(
                unbound.folder.path(),
                address,
                List.of(lines).stream()
                    .map(line -> "  " + line + "\n")
                    .reduce("", String::concat)));
    unbound.start();
    return unbound;
  }

  public InetSocketAddress socket() {
    return new InetSocketAddress(InetAddress.ofLiteral(address), DnsLab.PORT);
  }

  public void start() {
    if (daemon != null && daemon.running()) {
      return;
    }
    daemon =
        Daemon.start(
            "unbound",
            folder.file("out"),
            List.of("/usr/sbin/unbound", "-d", "-c", folder.file("unbound.conf").toString()));
    daemon.await(this::answers, "an answer", folder.file("log"));
  }

  private boolean answers() {
    SimpleResolver resolver = new SimpleResolver(socket());
    resolver.setTimeout(Duration.ofSeconds(1));
    try {
      resolver.send(Message.newQuery(Record.newRecord(Name.root, Type.NS, DClass.IN)));
      return true;
    } catch (java.io.IOException _) {
      return false;
    }
  }

  public void stop() {
    if (daemon != null) {
      daemon.stop();
    }
  }

  public void freeze() {
    if (daemon != null) {
      daemon.freeze();
    }
  }

  public void thaw() {
    if (daemon != null) {
      daemon.thaw();
    }
  }

  /// What it wrote into its log.
  public String log() {
    return Command.text(folder.file("log"));
  }

  @Override
  public void close() {
    if (daemon != null) {
      daemon.kill();
    }
    folder.delete();
  }
}
