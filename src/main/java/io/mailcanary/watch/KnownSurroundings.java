package io.mailcanary.watch;

import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.DomainFacts.PolicyFetch;
import io.mailcanary.dns.DomainFacts.Registration;
import io.mailcanary.dns.DomainFacts.Sender;
import io.mailcanary.dns.DomainFacts.Served;
import io.mailcanary.dns.Vantage;
import io.mailcanary.mail.DomainName;
import java.util.List;
import java.util.Optional;

/// What a running service has seen so far; who asks learns it, and sets off what is to be seen the
/// next time.
public record KnownSurroundings(
    TlsWatch tls, StsPolicies policies, SendingHosts hosts, Registrations registrations)
    implements Surroundings {

  @Override
  public List<Served> served(DnsName host) {
    return tls.served(host);
  }

  @Override
  public Optional<PolicyFetch> policy(DomainName domain, String record) {
    return policies.of(domain, record);
  }

  @Override
  public List<Sender> senders(DomainName domain, Vantage dns) {
    return hosts.of(domain, dns);
  }

  @Override
  public Optional<Registration> registration(DomainName domain) {
    return registrations.of(domain);
  }
}
