package io.mailcanary.submission;

import io.mailcanary.mail.DomainName;
import io.mailcanary.path.Family;
import io.mailcanary.path.Relay;
import java.net.InetAddress;

/// Which way one message leaves us.
public sealed interface Route {
  /// The server to talk to, or how to talk to those that DNS names.
  Relay relay();

  /// By whichever of the relay's addresses answers.
  record Through(Relay relay, Family family) implements Route {
    public Through(Relay relay) {
      this(relay, Family.ANY);
    }
  }

  /// By one address of the relay, with connections and a limit of its own. TLS is verified by the
  /// host's name all the same.
  record At(Relay relay, InetAddress address) implements Route {}

  /// By the hosts that take mail for a domain, tried in their order within one attempt (RFC 5321
  /// §5.1).
  ///
  /// @param relay how these are talked to
  record ToExchangers(Relay relay, DomainName domain, Family family) implements Route {}
}
