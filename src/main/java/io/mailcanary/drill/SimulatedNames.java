package io.mailcanary.drill;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.Question;
import io.mailcanary.dns.RecordData;
import io.mailcanary.dns.RecordType;
import io.mailcanary.mail.DomainName;
import io.mailcanary.resolver.Look;
import io.mailcanary.resolver.Recursor;
import io.mailcanary.submission.RoutePlan;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/// Where mail goes, by the simulated world's DNS; remembers nothing.
record SimulatedNames(Recursor resolver) implements RoutePlan {
  @Override
  public Exchangers exchangers(DomainName domain) {
    DnsAnswer answer = ask(domain.name(), RecordType.MX);
    return switch (answer) {
      case DnsAnswer.Records _ -> found(answer.found(RecordData.Mx.class));
      case DnsAnswer.NoSuchRecord _ ->
          new Exchangers.Found(List.of(new Exchanger(domain.name(), 0)), true);
      case DnsAnswer.NoSuchName _ -> new Exchangers.None(sentence(domain.name(), answer));
      case DnsAnswer.Unanswered _ -> new Exchangers.Unknown(sentence(domain.name(), answer));
    };
  }

  private static Exchangers found(List<RecordData.Mx> exchangers) {
    return new Exchangers.Found(
        exchangers.stream().map(mx -> new Exchanger(mx.target().text(), mx.preference())).toList(),
        false);
  }

  /// The names of the hosts that take mail for a domain; none where that is not known.
  List<String> hostsOf(DomainName domain) {
    return exchangers(domain) instanceof Exchangers.Found found
        ? found.hosts().stream().map(Exchanger::host).distinct().toList()
        : List.of();
  }

  @Override
  public List<InetAddress> addresses(String host) throws UnknownHostException {
    if (Character.isDigit(host.charAt(host.length() - 1)) || host.indexOf(':') >= 0) {
      return List.of(InetAddress.ofLiteral(host));
    }
    DnsAnswer answer = ask(host, RecordType.A);
    List<InetAddress> addresses = new ArrayList<>();
    answer.found(RecordData.Address.class).forEach(one -> addresses.add(one.address()));
    if (addresses.isEmpty()) {
      throw new UnknownHostException(sentence(host, answer));
    }
    return addresses;
  }

  private DnsAnswer ask(String name, RecordType type) {
    return resolver.ask(new Question(DnsName.of(name), type), Look.VALIDATING);
  }

  private static String sentence(String name, DnsAnswer answer) {
    return "%s: %s".formatted(name, answer.outcome());
  }
}
