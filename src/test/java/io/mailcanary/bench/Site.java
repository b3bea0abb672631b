package io.mailcanary.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// A folder with probe files for as many paths as wanted, each with a mailbox of its own or some
/// with one in common.
record Site(Path folder) implements AutoCloseable {
  static final String DOMAIN = "b.test";

  /// @param every such as `60s`
  static Site of(int paths, String every, int smtpPort, int imapPort, String password)
      throws IOException {
    return of(paths, paths, every, smtpPort, imapPort, password);
  }

  static Site of(
      int paths, int mailboxes, String every, int smtpPort, int imapPort, String password)
      throws IOException {
    Path folder = Files.createTempDirectory("mailcanary-bench-");
    Path probes = Files.createDirectory(folder.resolve("probes"));
    StringBuilder text =
        new StringBuilder(
            "relays:%n  out: {host: 127.0.0.1, port: %d, tls: none, limit: 4}%nmailboxes:%n"
                .formatted(smtpPort));
    for (int number = 1; number <= mailboxes; number++) {
      text.append(
          "  m%d: {protocol: imap, host: 127.0.0.1, port: %d, tls: none, username: user%d, password: %s}%n"
              .formatted(number, imapPort, number, password));
    }
    text.append("paths:\n");
    for (int number = 1; number <= paths; number++) {
      text.append(
          "  p%d: {every: %s, via: out, from: canary@a.test, to: user%d@%s, arrives-in: m%d}%n"
              .formatted(
                  number,
                  every,
                  (number - 1) % mailboxes + 1,
                  DOMAIN,
                  (number - 1) % mailboxes + 1));
    }
    // No DNS knows these names.
    text.append("dns: { ignore: [test] }\nservice: { receiver-limit: 100000 }\n");
    Files.writeString(probes.resolve("all.yaml"), text);
    return new Site(folder);
  }

  /// As many paths, each from a domain of its own, and one mailbox for all; they send nothing while
  /// anybody looks.
  ///
  /// @param dns what else the probe files say
  static Site ofDomains(int paths, int smtpPort, int imapPort, String dns) throws IOException {
    Path folder = Files.createTempDirectory("mailcanary-bench-");
    Path probes = Files.createDirectory(folder.resolve("probes"));
    StringBuilder text =
        new StringBuilder(
            """
            relays: { out: { host: 127.0.0.1, port: %d, tls: none } }
            mailboxes:
              box: { protocol: imap, host: 127.0.0.1, port: %d, tls: none, username: user1, password: secret }
            paths:
            """
                .formatted(smtpPort, imapPort));
    for (int number = 1; number <= paths; number++) {
      text.append(
          "  p%1$d: {every: 24h, via: out, from: canary@d%1$d.test, to: user1@d%1$d.test, arrives-in: box}%n"
              .formatted(number));
    }
    Files.writeString(probes.resolve("all.yaml"), text + dns);
    return new Site(folder);
  }

  /// Its paths have a canary so often from now on, as a service that runs finds out by itself.
  ///
  /// @param every such as `60s`
  void turnTo(String every) throws IOException {
    Path file = probes().resolve("all.yaml");
    String text = Files.readString(file);
    Files.writeString(file, text.replaceAll("every: \\w+", "every: " + every));
  }

  /// What the service says on both of its outputs.
  Path output() {
    return folder.resolve("output");
  }

  List<String> lines() throws IOException {
    return Files.readAllLines(output());
  }

  Path probes() {
    return folder.resolve("probes");
  }

  /// What the embedded database takes on the disk.
  long databaseBytes() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("data"))) {
      long bytes = 0;
      for (Path file : files.filter(name -> name.toString().endsWith(".db")).toList()) {
        bytes += Files.size(file);
      }
      return bytes;
    }
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
