package io.mailcanary.watch;

import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.DomainFacts.PolicyFetch;
import io.mailcanary.dns.DomainFacts.Registration;
import io.mailcanary.dns.DomainFacts.Served;
import io.mailcanary.mail.DomainName;
import io.mailcanary.tls.PortTarget;
import io.mailcanary.transport.PortLook;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// For a single look: goes and sees at once, and lets the caller wait for it.
///
/// @param probe looks at one port
/// @param policies fetches the MTA-STS policy of a domain
/// @param registry asks what a domain's registration says
public record LooksNow(
    Function<PortTarget, List<PortLook>> probe,
    Function<DomainName, PolicyFetch> policies,
    Function<DomainName, Optional<Registration>> registry,
    InstantSource clock)
    implements Surroundings {

  @Override
  public List<Served> served(DnsName host) {
    return probe.apply(TlsPorts.exchanger(host.text()).target()).stream()
        .flatMap(look -> TlsWatch.served(host, look, clock.instant()).stream())
        .toList();
  }

  @Override
  public Optional<PolicyFetch> policy(DomainName domain, String record) {
    return Optional.of(policies.apply(domain));
  }

  @Override
  public Optional<Registration> registration(DomainName domain) {
    return registry.apply(domain);
  }
}
