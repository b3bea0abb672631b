package io.mailcanary.config;

import io.mailcanary.path.Relay;
import io.mailcanary.path.TlsMode;
import java.time.Duration;
import java.util.Optional;

/// `paths.NAME.direct`: how hosts are talked to that DNS names for the recipient's domain.
final class DirectTable extends Table<Relay> {
  private final Key.Sure<Integer> port =
      key("port", Kinds.port(), Relay.DIRECT.port(), "The TCP port of all of them.");
  private final TlsKeys tls =
      new TlsKeys(
          this,
          "opportunistic",
          "`none`: plain text. `opportunistic`: STARTTLS where it is offered. `starttls`: STARTTLS"
              + " or no connection. `implicit`: TLS from the first byte.",
          Relay.DIRECT.tls().verify());
  private final Key.Maybe<String> helo =
      derived(
          "helo",
          AddressKinds.hostName(),
          "this host's own name",
          "The name that we greet with; receivers expect the one that our address leads to.");
  private final Key.Maybe<String> bindAddress =
      optional(
          "bind-address", AddressKinds.ipAddress(), "The local IP address that we connect from.");
  private final Key.Sure<Integer> limit =
      key(
          "limit",
          Kinds.number(1, 1_000),
          Relay.DIRECT.limit(),
          "How many connections each host gets at a time.");
  private final Key.Sure<Duration> connectTimeout =
      key(
          "connect-timeout",
          Kinds.duration(Duration.ofMillis(1), Duration.ofMinutes(10)),
          Relay.DIRECT.connectTimeout(),
          "How long a TCP connection may take.");
  private final Key.Sure<Duration> replyTimeout =
      key(
          "reply-timeout",
          Kinds.duration(Duration.ofMillis(1), Duration.ofHours(1)),
          Relay.DIRECT.replyTimeout(),
          "How long each reply may take.");

  DirectTable() {
    super("the keys of direct delivery");
  }

  @Override
  void check(Row row) {
    tls.check(row);
  }

  @Override
  Relay build(Row row) {
    return new Relay(
        Relay.DIRECT.name(),
        Relay.Protocol.SMTP,
        "",
        row.get(port),
        tls.build(row, TlsMode.OPPORTUNISTIC),
        Optional.empty(),
        row.find(helo),
        row.find(bindAddress),
        row.get(limit),
        false,
        row.get(connectTimeout),
        row.get(replyTimeout));
  }
}
