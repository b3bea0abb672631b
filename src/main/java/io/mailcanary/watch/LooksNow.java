package io.mailcanary.watch;

import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.DomainFacts.PolicyFetch;
import io.mailcanary.dns.DomainFacts.Registration;
import io.mailcanary.dns.DomainFacts.Served;
import io.mailcanary.mail.DomainName;
import io.mailcanary.tls.PortTarget;
import io.mailcanary.transport.PortLook;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(15);

  /// Side by side: hosts out of reach take their time.
  @Override
  public List<Served> served(Collection<DnsName> hosts) {
    try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<List<Served>>> pending =
          hosts.stream()
              .map(host -> CompletableFuture.supplyAsync(() -> served(host), workers))
              .toList();
      return pending.stream().flatMap(one -> one.join().stream()).toList();
    }
  }

  @Override
  public List<Served> served(DnsName host) {
    PortTarget usual = TlsPorts.exchanger(host.text()).target();
    PortTarget target =
        new PortTarget(
            usual.port(), usual.tls(), usual.helo(), usual.bindAddress(), CONNECT, ANSWER);
    return probe.apply(target).stream()
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
