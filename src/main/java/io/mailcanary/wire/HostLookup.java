package io.mailcanary.wire;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Turns a host's name into addresses. The SMTP and IMAP speakers need one; the resolver is one.
@FunctionalInterface
public interface HostLookup {
  /// The addresses in the order in which they are tried, at least one. An address literal stands
  /// for itself.
  ///
  /// @throws UnknownHostException with a sentence that says who was asked and what the answer was
  List<InetAddress> addresses(String host) throws UnknownHostException;
}
