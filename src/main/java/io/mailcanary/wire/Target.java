package io.mailcanary.wire;

import io.mailcanary.path.Tls;
import java.time.Duration;
import java.util.Optional;

/// Where a [BoundedSocket] leads, and what it puts up with there.
///
/// @param host looked up for each connection; TLS is verified against this name
/// @param bindAddress the local address, a literal
/// @param connectTimeout for all addresses of the host together
/// @param replyTimeout from our last byte to the last byte of the answer; also for one TLS
///   handshake, and for one write that the other side does not take; zero: no such limit
/// @param replyLimit the bytes that may come between two of our writes
public record Target(
    String host,
    int port,
    Tls tls,
    Optional<String> bindAddress,
    Duration connectTimeout,
    Duration replyTimeout,
    long replyLimit) {
  /// Room for any honest SMTP reply (RFC 5321 §4.5.3.1.5 asks for lines of 512 bytes).
  public static final long SMTP_REPLY = 256 * 1024;
}
