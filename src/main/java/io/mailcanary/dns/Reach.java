package io.mailcanary.dns;

import java.net.InetAddress;

/// Which addresses the world can reach.
final class Reach {
  private Reach() {}

  static boolean isPublic(DomainFacts facts, InetAddress address) {
    return (!Host.isLoopback(address) && !Host.isPrivate(address)) || isDeclared(facts, address);
  }

  private static boolean isDeclared(DomainFacts facts, InetAddress address) {
    return facts.publicNetworks().stream()
        .flatMap(text -> Network.parse(text).stream())
        .anyMatch(network -> network.contains(address));
  }
}
