package io.mailcanary.config;

import io.mailcanary.path.Relay;
import io.mailcanary.path.Relay.Protocol;
import io.mailcanary.path.TlsMode;
import java.time.Duration;
import java.util.Optional;

/// `relays.NAME`
final class RelayTable extends Table<Relay> {
  private static final int SMTP_PORT = 25;
  private static final int SUBMISSION_PORT = 587;
  private static final int SUBMISSIONS_PORT = 465;
  private static final int LMTP_PORT = 24;

  private final Key.Sure<String> host =
      required(
          "host",
          AddressKinds.host(),
          "The server's name or IP address; a name is looked up anew for each connection.");
  private final Key.Maybe<Integer> port =
      derived(
          "port",
          Kinds.port(),
          "25, 587 with a login, 465 with `tls: implicit`, 24 with `protocol: lmtp`",
          "Its TCP port.");
  private final Key.Sure<Protocol> protocol =
      key(
          "protocol",
          Kinds.oneOf(Protocol.class),
          Protocol.SMTP,
          "What it speaks: SMTP (RFC 5321) or LMTP (RFC 2033).");
  private final TlsKeys tls =
      new TlsKeys(
          this,
          "opportunistic",
          "`none`: plain text. `opportunistic`: STARTTLS where it is offered. `starttls`: STARTTLS"
              + " or no connection. `implicit`: TLS from the first byte.");
  private final LoginKeys login = new LoginKeys(this);
  private final Key.Maybe<String> helo =
      derived(
          "helo",
          AddressKinds.hostName(),
          "this host's own name",
          "The name that we greet with in HELO, EHLO or LHLO.");
  private final Key.Maybe<String> bindAddress =
      optional(
          "bind-address", AddressKinds.ipAddress(), "The local IP address that we connect from.");
  private final Key.Sure<Integer> limit =
      key("limit", Kinds.number(1, 1_000), 4, "How many connections it gets at a time.");
  private final Key.Sure<Boolean> eachAddress =
      key(
          "each-address",
          Kinds.bool(),
          false,
          "Whether each address behind the host is a leg of its own, with a fate of its own.");
  private final Key.Sure<Duration> connectTimeout =
      key(
          "connect-timeout",
          Kinds.duration(Duration.ofMillis(1), Duration.ofMinutes(10)),
          Duration.ofSeconds(10),
          "How long a TCP connection may take.");
  private final Key.Sure<Duration> replyTimeout =
      key(
          "reply-timeout",
          Kinds.duration(Duration.ofMillis(1), Duration.ofHours(1)),
          Duration.ofMinutes(5),
          "How long each reply may take (RFC 5321 §4.5.3.2: minutes, since slow checks are"
              + " normal).");

  RelayTable() {
    super("the keys of a relay");
  }

  @Override
  void check(Row row) {
    tls.check(row);
    login.check(row, false);
    if (row.find(protocol).filter(Protocol.LMTP::equals).isPresent()) {
      checkLmtp(row);
    }
  }

  private void checkLmtp(Row row) {
    if (row.find(port).filter(p -> p == SMTP_PORT).isPresent()) {
      row.fault(port, "'25' is not for LMTP (RFC 2033 §5), expected another port");
    }
    boolean implicit = tls.mode(row).filter(TlsMode.IMPLICIT::equals).isPresent();
    if (implicit && !row.has(port)) {
      row.fault(
          port,
          "is missing, expected the port that speaks LMTP with TLS from the first byte: there is no"
              + " usual one");
    }
  }

  @Override
  Relay build(Row row) {
    return new Relay(
        row.name(),
        row.get(protocol),
        row.get(host),
        row.find(port).orElseGet(() -> usualPort(row)),
        tls.build(row, TlsMode.OPPORTUNISTIC),
        login.build(row),
        row.find(helo),
        row.find(bindAddress),
        row.get(limit),
        row.get(eachAddress),
        row.get(connectTimeout),
        row.get(replyTimeout));
  }

  private int usualPort(Row row) {
    Optional<TlsMode> mode = tls.mode(row);
    return switch (row.get(protocol)) {
      case LMTP -> LMTP_PORT;
      case SMTP -> {
        if (mode.filter(TlsMode.IMPLICIT::equals).isPresent()) {
          yield SUBMISSIONS_PORT;
        }
        yield login.isGiven(row) ? SUBMISSION_PORT : SMTP_PORT;
      }
    };
  }
}
