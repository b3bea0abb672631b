package io.mailcanary.watch;

import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.DomainFacts.PolicyFetch;
import io.mailcanary.dns.DomainFacts.Registration;
import io.mailcanary.dns.DomainFacts.Sender;
import io.mailcanary.dns.DomainFacts.Served;
import io.mailcanary.dns.Vantage;
import io.mailcanary.mail.DomainName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// What others saw of hosts and domains that records speak of. In a running service none of it
/// blocks: what is not known yet is empty.
public interface Surroundings {
  /// Nobody looks.
  Surroundings NONE = new Surroundings() {};

  /// The certificates that an MX host shows behind port 25, at each of its addresses.
  default List<Served> served(DnsName host) {
    return List.of();
  }

  /// The same of several hosts.
  default List<Served> served(Collection<DnsName> hosts) {
    return hosts.stream().flatMap(host -> served(host).stream()).toList();
  }

  /// The MTA-STS policy of a domain.
  ///
  /// @param record the one at `_mta-sts`: where it is another, so is the policy (RFC 8461 §3.1)
  default Optional<PolicyFetch> policy(DomainName domain, String record) {
    return Optional.empty();
  }

  /// The hosts that hand the domain's mail to the world.
  default List<Sender> senders(DomainName domain, Vantage dns) {
    return List.of();
  }

  /// What the registry says of the domain.
  default Optional<Registration> registration(DomainName domain) {
    return Optional.empty();
  }
}
