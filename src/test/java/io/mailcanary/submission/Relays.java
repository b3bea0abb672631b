package io.mailcanary.submission;

import io.mailcanary.canary.Evidence;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.mail.SmtpReply;
import io.mailcanary.path.Login;
import io.mailcanary.path.Relay;
import io.mailcanary.path.Secret;
import io.mailcanary.path.Tls;
import io.mailcanary.path.TlsMode;
import io.mailcanary.wire.HostLookup;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Relays and messages for the tests here.
record Relays(Relay relay) {
  static final HostLookup LOOPBACK = host -> List.of(InetAddress.getLoopbackAddress());
  static final String TEXT = "Subject: canary\r\n\r\ntweet\r\n";

  static Relays at(int port) {
    return new Relays(
        new Relay(
            "lab",
            Relay.Protocol.SMTP,
            "mx.example",
            port,
            new Tls(TlsMode.OPPORTUNISTIC, true, Optional.empty()),
            Optional.empty(),
            Optional.of("probe.example"),
            Optional.empty(),
            4,
            false,
            Duration.ofSeconds(5),
            Duration.ofSeconds(5)));
  }

  static Outgoing canary() {
    return canary(TEXT.getBytes(StandardCharsets.US_ASCII));
  }

  static Outgoing canary(byte[] message) {
    return new Outgoing(
        EmailAddress.parse("canary@here.example"),
        EmailAddress.parse("box@there.example"),
        () -> message,
        "c4n4ry",
        true);
  }

  static SmtpReply reply(Evidence evidence) {
    return Objects.requireNonNull(evidence.reply(), evidence::toString);
  }

  static String words(Evidence evidence) {
    return Objects.requireNonNull(evidence.failure(), evidence::toString).words();
  }

  /// The code of the reply, or the kind of the failure.
  static String what(Evidence evidence) {
    return evidence.failure() == null
        ? String.valueOf(reply(evidence).code())
        : evidence.failure().kind().name();
  }

  Relays named(String name) {
    return with(
        name, relay.protocol(), relay.tls(), relay.login(), relay.limit(), relay.replyTimeout());
  }

  Relays lmtp() {
    return with(
        relay.name(),
        Relay.Protocol.LMTP,
        relay.tls(),
        relay.login(),
        relay.limit(),
        relay.replyTimeout());
  }

  Relays tls(TlsMode mode, boolean verify, Optional<Path> file) {
    return with(
        relay.name(),
        relay.protocol(),
        new Tls(mode, verify, file),
        relay.login(),
        relay.limit(),
        relay.replyTimeout());
  }

  Relays login(String secret, Optional<Login.Mechanism> mechanism) {
    return with(
        relay.name(),
        relay.protocol(),
        relay.tls(),
        Optional.of(new Login("canary", new Secret(secret), mechanism)),
        relay.limit(),
        relay.replyTimeout());
  }

  Relays limit(int limit) {
    return with(
        relay.name(), relay.protocol(), relay.tls(), relay.login(), limit, relay.replyTimeout());
  }

  Relays replyWithin(Duration time) {
    return with(relay.name(), relay.protocol(), relay.tls(), relay.login(), relay.limit(), time);
  }

  private Relays with(
      String name,
      Relay.Protocol protocol,
      Tls tls,
      Optional<Login> login,
      int limit,
      Duration replyTimeout) {
    return new Relays(
        new Relay(
            name,
            protocol,
            relay.host(),
            relay.port(),
            tls,
            login,
            relay.helo(),
            relay.bindAddress(),
            limit,
            relay.eachAddress(),
            relay.connectTimeout(),
            replyTimeout));
  }
}
