package io.mailcanary.config;

import io.mailcanary.path.Login;
import io.mailcanary.path.Mailbox;
import io.mailcanary.path.TlsMode;
import java.time.Duration;

/// The keys of a server that holds mailboxes.
final class ServerKeys {
  private final int plainPort;
  private final int tlsPort;
  private final Key.Sure<String> host;
  private final Key.Maybe<Integer> port;
  private final TlsKeys tls;
  private final LoginKeys login;
  private final Key.Sure<Duration> connectTimeout;
  private final Key.Sure<Duration> replyTimeout;
  private final Key.Maybe<String> bindAddress;

  ServerKeys(Table<?> table, int plainPort, int tlsPort) {
    this.plainPort = plainPort;
    this.tlsPort = tlsPort;
    host =
        table.required(
            "host",
            AddressKinds.host(),
            "The server's name or IP address; a name is looked up anew for each connection.");
    port =
        table.derived(
            "port",
            Kinds.port(),
            "%d, %d with any other tls than implicit".formatted(tlsPort, plainPort),
            "Its TCP port.");
    tls =
        new TlsKeys(
            table,
            "implicit, starttls with `port: %d`; a login never goes in clear text unless asked for"
                .formatted(plainPort),
            "`none`: plain text, the login too. `opportunistic`: STARTTLS where it is offered."
                + " `starttls`: STARTTLS or no connection. `implicit`: TLS from the first byte.");
    login = new LoginKeys(table);
    connectTimeout =
        table.key(
            "connect-timeout",
            Kinds.duration(Duration.ofMillis(1), Duration.ofMinutes(10)),
            Duration.ofSeconds(10),
            "How long a TCP connection may take.");
    replyTimeout =
        table.key(
            "reply-timeout",
            Kinds.duration(Duration.ofMillis(1), Duration.ofHours(1)),
            Duration.ofSeconds(30),
            "How long each reply may take.");
    bindAddress =
        table.optional(
            "bind-address", AddressKinds.ipAddress(), "The local IP address that we connect from.");
  }

  void check(Row row) {
    tls.check(row);
    login.check(row, true);
  }

  Mailbox.Server build(Row row) {
    TlsMode usual =
        row.find(port).filter(p -> p == plainPort).isPresent()
            ? TlsMode.STARTTLS
            : TlsMode.IMPLICIT;
    TlsMode mode = tls.mode(row).orElse(usual);
    Login found =
        login.build(row).orElseThrow(() -> new IllegalStateException("checked to be there"));
    return new Mailbox.Server(
        row.get(host),
        row.find(port).orElse(mode == TlsMode.IMPLICIT ? tlsPort : plainPort),
        tls.build(row, usual),
        found,
        row.get(connectTimeout),
        row.get(replyTimeout),
        row.find(bindAddress));
  }
}
