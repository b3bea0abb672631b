package io.mailcanary.dns;

import java.net.InetAddress;
import java.util.Collection;
import java.util.List;

/// What is known of the servers behind port 25 of addresses.
@FunctionalInterface
public interface MailHosts {
  /// Nobody has called.
  MailHosts UNTRIED = (_, _) -> new Contact.Untried();

  Contact contact(DnsName host, InetAddress address);

  /// Whether a loopback or private address leads to another host here all the same.
  default boolean isDeclared(InetAddress address) {
    return false;
  }

  /// Nobody has called.
  ///
  /// @param publicNetworks what counts as routable here, in CIDR form
  static MailHosts untried(Collection<String> publicNetworks) {
    List<Network> networks =
        publicNetworks.stream().flatMap(text -> Network.parse(text).stream()).toList();
    return new MailHosts() {
      @Override
      public Contact contact(DnsName host, InetAddress address) {
        return new Contact.Untried();
      }

      @Override
      public boolean isDeclared(InetAddress address) {
        return networks.stream().anyMatch(network -> network.contains(address));
      }
    };
  }
}
