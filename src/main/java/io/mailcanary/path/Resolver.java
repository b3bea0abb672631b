package io.mailcanary.path;

import java.net.InetSocketAddress;
import java.util.List;

/// Name servers that are asked in turn.
///
/// @param servers empty: the system's own resolver
public record Resolver(String name, List<InetSocketAddress> servers) {
  /// The one for all names in relays and mailboxes.
  public static final String DEFAULT = "default";

  public Resolver {
    servers = List.copyOf(servers);
  }

  public boolean isSystem() {
    return servers.isEmpty();
  }
}
