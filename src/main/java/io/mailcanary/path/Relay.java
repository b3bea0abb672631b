package io.mailcanary.path;

import java.time.Duration;
import java.util.Optional;

/// A server that takes canaries from us.
///
/// @param host a name or an address; a name is looked up anew for each connection
/// @param helo the name we greet with; empty: this host's own
/// @param bindAddress the local address we send from
/// @param limit connections at a time
/// @param eachAddress whether every address behind the host is a leg of its own
/// @param connectTimeout for the TCP connection
/// @param replyTimeout for each reply (RFC 5321 §4.5.3.2: minutes, since slow checks are normal)
public record Relay(
    String name,
    Protocol protocol,
    String host,
    int port,
    Tls tls,
    Optional<Login> login,
    Optional<String> helo,
    Optional<String> bindAddress,
    int limit,
    boolean eachAddress,
    Duration connectTimeout,
    Duration replyTimeout) {

  /// How hosts are talked to that DNS names for a domain. Their names are not proven by anything,
  /// so verifying them proves nothing, and mail servers do not do it either (RFC 7435 §4, RFC 7672
  /// §1.3): TLS where it is offered, whoever it is.
  public static final Relay DIRECT =
      new Relay(
          "mx",
          Protocol.SMTP,
          "",
          25,
          new Tls(TlsMode.OPPORTUNISTIC, false, Optional.empty()),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          4,
          false,
          Duration.ofSeconds(10),
          Duration.ofMinutes(5));

  /// The same settings for a host that DNS names.
  public Relay at(String exchanger) {
    return new Relay(
        name + ":" + exchanger,
        protocol,
        exchanger,
        port,
        tls,
        login,
        helo,
        bindAddress,
        limit,
        eachAddress,
        connectTimeout,
        replyTimeout);
  }

  /// The same settings under another name.
  public Relay named(String other) {
    return new Relay(
        other,
        protocol,
        host,
        port,
        tls,
        login,
        helo,
        bindAddress,
        limit,
        eachAddress,
        connectTimeout,
        replyTimeout);
  }

  public enum Protocol {
    SMTP,
    LMTP
  }
}
