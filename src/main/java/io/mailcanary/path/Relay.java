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

  public enum Protocol {
    SMTP,
    LMTP
  }
}
