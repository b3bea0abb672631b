package io.mailcanary.resolver;

import io.mailcanary.dns.DnsName;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/// A zone and where it is served.
///
/// @param servers one for each address of each of its name servers
public record Zone(DnsName name, List<Server> servers) {
  public Zone {
    servers = List.copyOf(servers);
  }

  /// @param address empty where the server's name has none
  public record Server(DnsName name, Optional<InetAddress> address) {
    /// As people know it: `192.0.2.53 (ns1.example.org)`.
    public String label() {
      return address.map(a -> a.getHostAddress() + " (" + name + ")").orElse(name.text());
    }
  }
}
