package io.mailcanary.prober;

import io.mailcanary.mail.DomainName;
import io.mailcanary.submission.RoutePlan;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/// What DNS says, as a test has it.
final class FakeRoutes implements RoutePlan {
  private final Map<String, Exchangers> domains = new ConcurrentHashMap<>();
  private final Map<String, List<InetAddress>> hosts = new ConcurrentHashMap<>();

  void domain(String domain, String... exchangers) {
    domains.put(
        domain,
        new Exchangers.Found(
            IntStream.range(0, exchangers.length)
                .mapToObj(i -> new Exchanger(exchangers[i], 10 * i))
                .toList(),
            false));
  }

  void domain(String domain, Exchangers answer) {
    domains.put(domain, answer);
  }

  void host(String host, String... addresses) {
    hosts.put(host, Arrays.stream(addresses).map(InetAddress::ofLiteral).toList());
  }

  void noHost(String host) {
    hosts.remove(host);
  }

  @Override
  public Exchangers exchangers(DomainName domain) {
    return Optional.ofNullable(domains.get(domain.toString()))
        .orElse(new Exchangers.None(domain + ": no such name"));
  }

  @Override
  public List<InetAddress> addresses(String host) throws UnknownHostException {
    List<InetAddress> known = hosts.get(host);
    if (known == null) {
      throw new UnknownHostException(host + ": no such name");
    }
    return known;
  }
}
