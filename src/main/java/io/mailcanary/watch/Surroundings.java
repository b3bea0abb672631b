package io.mailcanary.watch;

import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.DomainFacts.PolicyFetch;
import io.mailcanary.dns.DomainFacts.Served;
import io.mailcanary.mail.DomainName;
import java.util.List;
import java.util.Optional;

/// What others saw of hosts that records speak of. In a running service neither method blocks: what
/// is not known yet is empty.
public interface Surroundings {
  /// Nobody looks.
  Surroundings NONE =
      new Surroundings() {
        @Override
        public List<Served> served(DnsName host) {
          return List.of();
        }

        @Override
        public Optional<PolicyFetch> policy(DomainName domain, String record) {
          return Optional.empty();
        }
      };

  /// The certificates that an MX host shows behind port 25.
  List<Served> served(DnsName host);

  /// The MTA-STS policy of a domain.
  ///
  /// @param record the one at `_mta-sts`: where it is another, so is the policy (RFC 8461 §3.1)
  Optional<PolicyFetch> policy(DomainName domain, String record);
}
