package io.mailcanary.dns;

import java.net.InetAddress;

/// Which addresses the world can reach.
final class Reach {
  private Reach() {}

  static boolean isPublic(DomainFacts facts, InetAddress address) {
    return (!Host.isLoopback(address) && !Host.isPrivate(address))
        || MailHosts.untried(facts.publicNetworks()).isDeclared(address);
  }
}
