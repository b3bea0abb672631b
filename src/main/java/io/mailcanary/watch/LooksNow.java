package io.mailcanary.watch;

import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.DomainFacts.PolicyFetch;
import io.mailcanary.dns.DomainFacts.Served;
import io.mailcanary.mail.DomainName;
import io.mailcanary.path.Tls;
import io.mailcanary.path.TlsMode;
import io.mailcanary.tls.PortTarget;
import io.mailcanary.transport.MailPort;
import io.mailcanary.transport.MailPort.Mode;
import io.mailcanary.transport.MailPort.Speech;
import io.mailcanary.transport.PortLook;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// For a single look: goes and sees at once, and lets the caller wait for it.
///
/// @param probe looks at one port
/// @param policies fetches the MTA-STS policy of a domain
public record LooksNow(
    Function<PortTarget, List<PortLook>> probe, Function<DomainName, PolicyFetch> policies)
    implements Surroundings {
  private static final int SMTP = 25;
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(15);

  @Override
  public List<Served> served(DnsName host) {
    MailPort port = new MailPort(host.text(), SMTP, Speech.SMTP, Mode.OFFERED, false, List.of());
    PortTarget target =
        new PortTarget(
            port,
            new Tls(TlsMode.OPPORTUNISTIC, false, Optional.empty()),
            Optional.empty(),
            Optional.empty(),
            CONNECT,
            ANSWER);
    return probe.apply(target).stream()
        .flatMap(look -> TlsWatch.served(host, look).stream())
        .toList();
  }

  @Override
  public Optional<PolicyFetch> policy(DomainName domain, String record) {
    return Optional.of(policies.apply(domain));
  }
}
