package io.mailcanary.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A private authoritative BIND on an address of its own. Zones may be as broken as BIND loads
/// them.
///
/// In zone texts `@N` stands for the address of the lab's host N, and SERIAL for a number that
/// grows with each writing.
public final class Bind implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final DnsLab lab;
  private final String address;
  private final LabFolder folder = LabFolder.create("bind");
  private final Map<String, String> zones = new LinkedHashMap<>();
  private final Map<String, Long> serials = new LinkedHashMap<>();
  private @Nullable Daemon daemon;

  private Bind(DnsLab lab, String address) {
    this.lab = lab;
    this.address = address;
  }

  static Bind start(DnsLab lab, String address) {
    Bind bind = new Bind(lab, address);
    // BIND listens on addresses that an interface has, and on no others of the loopback network.
    bind.run("/bin/ip", "address", "add", address + "/32", "dev", "lo");
    bind.folder.directory("keys", "rwxr-xr-x");
    bind.folder.write(
        "rndc.key",
        """
        key "lab" { algorithm hmac-sha256; secret "bWFpbGNhbmFyeS1sYWItbWFpbGNhbmFyeS1sYWItMTI="; };
        """);
    bind.configure();
    bind.start();
    return bind;
  }

  public String address() {
    return address;
  }

  /// Adds a zone or writes it anew, and waits until it is served.
  public Bind zone(String name, String text) {
    boolean known = zones.containsKey(name);
    write(name, text);
    if (known) {
      load(name);
    } else {
      zones.put(name, file(name));
      configure();
      rndc("reconfig");
    }
    awaitServed(name);
    return this;
  }

  /// Does not serve the zone any more: it refuses.
  public void drop(String name) {
    zones.remove(name);
    configure();
    rndc("reconfig");
    rndc("flush");
  }

  /// Writes and signs a zone with a key of its own, and serves it.
  ///
  /// @param options of dnssec-signzone, such as `-e now+1h`
  /// @return the DS record for the zone above, as it stands in a zone file
  public String signed(String name, String text, String... options) {
    write(name, text);
    if (keys(name).isEmpty()) {
      run("dnssec-keygen", "-q", "-K", path("keys"), "-a", "ECDSAP256SHA256", "-f", "KSK", name);
      run("dnssec-keygen", "-q", "-K", path("keys"), "-a", "ECDSAP256SHA256", name);
    }
    List<String> command =
        new ArrayList<>(
            List.of("dnssec-signzone", "-S", "-x", "-K", path("keys"), "-d", path("keys"), "-o"));
    command.add(name);
    command.addAll(List.of(options));
    command.addAll(List.of("-f", path(file(name) + ".signed"), path(file(name))));
    run(command.toArray(String[]::new));
    boolean known = file(name).concat(".signed").equals(zones.get(name));
    zones.put(name, file(name) + ".signed");
    configure();
    rndc("reconfig");
    if (known) {
      load(name);
    }
    awaitServed(name);
    return ds(name);
  }

  /// Changes the signed file behind the signer's back: what is replaced is signed wrongly then.
  public void tamper(String name, String from, String to) {
    String signed = Command.text(folder.file(file(name) + ".signed"));
    if (!signed.contains(from)) {
      throw new AssertionError(name + " has no " + from);
    }
    long serial = serials.merge(name, 1L, Long::sum);
    folder.write(
        file(name) + ".signed",
        signed
            .replace(lab.filled(from), lab.filled(to))
            .replace(" " + (serial - 1) + " ", " " + serial + " "));
    rndc("reload", name);
  }

  /// A trust anchor for the zone's key, for Unbound.
  public String anchor(String name) {
    return ds(name);
  }

  private String ds(String name) {
    String key =
        keys(name).stream()
            .filter(file -> Command.text(file).contains(" 257 "))
            .findFirst()
            .orElseThrow()
            .toString();
    return Command.run(LIMIT, "dnssec-dsfromkey", "-2", key).orFail().output().strip();
  }

  private List<Path> keys(String name) {
    try (Stream<Path> files = Files.list(folder.file("keys"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("K" + name + ".+"))
          .filter(file -> file.toString().endsWith(".key"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The serial that the zone was last written with.
  public long serial(String name) {
    return serials.getOrDefault(name, 0L);
  }

  private void write(String name, String text) {
    long serial = serials.merge(name, 1_000L, (old, _) -> old + 1);
    folder.write(file(name), lab.filled(text).replace("SERIAL", Long.toString(serial)));
  }

  private void load(String name) {
    rndc("reload", name);
  }

  private void awaitServed(String name) {
    long serial = serial(name);
    daemon()
        .await(
            () -> {
              String status =
                  Command.run(LIMIT, "rndc", "-c", path("rndc.conf"), "zonestatus", name).output();
              return status.contains("serial: " + serial + "\n");
            },
            "zone " + name + " with serial " + serial,
            folder.file("log"));
  }

  private static String file(String name) {
    return (name.equals(".") ? "root" : name) + ".zone";
  }

  private String path(String name) {
    return folder.file(name).toString();
  }

  private void configure() {
    StringBuilder text =
        new StringBuilder(
            """
            include "%1$s/rndc.key";
            controls { inet %2$s port 953 allow { any; } keys { "lab"; }; };
            options {
              directory "%1$s";
              pid-file "%1$s/pid";
              session-keyfile "%1$s/session.key";
              listen-on port 53 { %2$s; };
              listen-on-v6 { none; };
              query-source address %2$s;
              recursion no;
              notify no;
              dnssec-validation no;
              allow-transfer { any; };
              check-names primary ignore;
              check-mx ignore;
              check-mx-cname ignore;
              check-integrity no;
              check-spf ignore;
              check-sibling no;
              check-wildcard no;
              empty-zones-enable no;
              minimal-responses no;
              max-cache-size 4m;
              tcp-clients 50;
            };
            logging {
              channel file { file "%1$s/log"; severity notice; print-time yes; };
              category default { file; };
            };
            """
                .formatted(folder.path(), address));
    zones.forEach((name, file) ->
        text.append("zone \"%s\" { type primary; file \"%s\"; };%n".formatted(name, file)));
    folder.write("named.conf", text.toString());
    folder.write(
        "rndc.conf",
        """
        include "%s/rndc.key";
        options { default-server %s; default-port 953; default-key "lab"; };
        """
            .formatted(folder.path(), address));
  }

  /// Starts it again after `stop` or `kill`.
  public void start() {
    if (daemon != null && daemon.running()) {
      return;
    }
    daemon =
        Daemon.start(
            "named",
            folder.file("out"),
            List.of("/usr/sbin/named", "-f", "-n", "1", "-c", path("named.conf")));
    daemon()
        .await(
            () -> Command.run(LIMIT, "rndc", "-c", path("rndc.conf"), "status").exit() == 0,
            "rndc",
            folder.file("log"));
  }

  /// Its port is closed.
  public void stop() {
    daemon().stop();
  }

  /// It takes questions and says nothing.
  public void freeze() {
    daemon().freeze();
  }

  public void thaw() {
    daemon().thaw();
  }

  private Daemon daemon() {
    if (daemon == null) {
      throw new IllegalStateException("not started");
    }
    return daemon;
  }

  private void rndc(String... words) {
    List<String> command = new ArrayList<>(List.of("rndc", "-c", path("rndc.conf")));
    command.addAll(List.of(words));
    run(command.toArray(String[]::new));
  }

  private void run(String... command) {
    Command.run(LIMIT, command).orFail();
  }

  @Override
  public void close() {
    if (daemon != null) {
      daemon.kill();
    }
    Command.run(LIMIT, "/bin/ip", "address", "del", address + "/32", "dev", "lo");
    folder.delete();
  }
}
