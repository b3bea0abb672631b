package io.mailcanary.resolver;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.Origin;
import io.mailcanary.dns.Question;
import io.mailcanary.path.Resolver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.xbill.DNS.ResolverConfig;

/// One resolver of the probe files: its servers are asked in turn, the one that answered last time
/// first.
public final class Recursor {
  private final Resolver resolver;
  private final Asker asker;
  private final List<InetSocketAddress> servers;
  private volatile int first;

  public Recursor(Resolver resolver, Asker asker) {
    this.resolver = resolver;
    this.asker = asker;
    this.servers =
        resolver.isSystem() ? ResolverConfig.getCurrentConfig().servers() : resolver.servers();
  }

  public String name() {
    return resolver.name();
  }

  public List<InetSocketAddress> servers() {
    return servers;
  }

  /// As people know it: `default (192.0.2.53)`.
  public String label() {
    return servers.isEmpty()
        ? resolver.name()
        : "%s (%s)".formatted(resolver.name(), shown(servers.getFirst()));
  }

  public DnsAnswer ask(Question question, Look look) {
    DnsAnswer last =
        new DnsAnswer.Timeout(
            question, Origin.of(resolver.name()), "this system names no name server");
    int start = first;
    for (int i = 0; i < servers.size(); i++) {
      int at = (start + i) % servers.size();
      InetSocketAddress server = servers.get(at);
      last = asker.ask(server, resolver.name() + " (" + shown(server) + ")", question, look);
      if (!(last instanceof DnsAnswer.Timeout || last instanceof DnsAnswer.Refused)) {
        first = at;
        return last;
      }
    }
    return last;
  }

  private static String shown(InetSocketAddress server) {
    InetAddress ip = server.getAddress();
    String host = ip == null ? server.getHostString() : ip.getHostAddress();
    if (server.getPort() == Authorities.PORT) {
      return host;
    }
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + server.getPort();
  }
}
