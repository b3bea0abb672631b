package io.mailcanary.app;

import io.mailcanary.mail.DomainName;
import io.mailcanary.resolver.MxAnswer;
import io.mailcanary.resolver.NameServers;
import io.mailcanary.submission.RoutePlan;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Supplier;

/// Joins the resolver to those who ask where mail goes.
///
/// @param servers those in force
record Routes(Supplier<NameServers> servers) implements RoutePlan {
  @Override
  public Exchangers exchangers(DomainName domain) {
    return switch (servers.get().exchangers(domain)) {
      case MxAnswer.Found(List<MxAnswer.Host> hosts, boolean implicit) ->
          new Exchangers.Found(
              hosts.stream().map(host -> new Exchanger(host.name(), host.preference())).toList(),
              implicit);
      case MxAnswer.None(String sentence) -> new Exchangers.None(sentence);
      case MxAnswer.Unknown(String sentence) -> new Exchangers.Unknown(sentence);
    };
  }

  /// The names of the hosts that take mail for a domain; none where that is not known.
  List<String> hostsOf(DomainName domain) {
    return servers.get().exchangers(domain) instanceof MxAnswer.Found found
        ? found.hosts().stream().map(MxAnswer.Host::name).distinct().toList()
        : List.of();
  }

  @Override
  public List<InetAddress> addresses(String host) throws UnknownHostException {
    return servers.get().addresses(host);
  }
}
