package io.mailcanary.resolver;

import io.mailcanary.mail.DomainName;
import io.mailcanary.path.Resolver;
import io.mailcanary.wire.HostLookup;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Looks hosts up at the name servers that the probe files name, or at the system's resolver.
///
/// Every connection asks, so answers are remembered for their time to live, between a second and
/// half a minute: what was changed in DNS counts within that time. That a name is missing is
/// remembered for five seconds at most, a failure of the servers for one.
public final class NameServers implements HostLookup {
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final int LONGEST_NAME = 253;

  private final HostSource source;
  private final MailExchangers exchangers;

  public NameServers(Resolver resolver) {
    this(
        resolver.isSystem()
            ? new SystemHosts()
            : new HostCache(new DnsHosts(resolver.servers()), System::nanoTime),
        new MailExchangers(resolver.servers()));
  }

  NameServers(HostSource source) {
    this(source, new MailExchangers(List.of()));
  }

  private NameServers(HostSource source, MailExchangers exchangers) {
    this.source = source;
    this.exchangers = exchangers;
  }

  /// Who takes mail for a domain.
  public MxAnswer exchangers(DomainName domain) {
    return exchangers.of(domain);
  }

  @Override
  public List<InetAddress> addresses(String host) throws UnknownHostException {
    if (isLiteral(host)) {
      return List.of(literal(host));
    }
    return switch (source.ask(canonical(host))) {
      case HostAnswer.Found found -> found.addresses();
      case HostAnswer.Missing missing -> throw new UnknownHostException(missing.sentence());
    };
  }

  private static boolean isLiteral(String host) {
    return host.indexOf(':') >= 0 || IPV4.matcher(host).matches();
  }

  private static InetAddress literal(String host) throws UnknownHostException {
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    try {
      return InetAddress.ofLiteral(bracketed ? host.substring(1, host.length() - 1) : host);
    } catch (IllegalArgumentException _) {
      throw unknown(host, "not an address");
    }
  }

  private static String canonical(String host) throws UnknownHostException {
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    if (name.isEmpty() || name.length() > LONGEST_NAME) {
      throw unknown(host, "not a host name");
    }
    return name.toLowerCase(Locale.ROOT);
  }

  private static UnknownHostException unknown(String host, String why) {
    String shown = host.length() > LONGEST_NAME ? host.substring(0, LONGEST_NAME) + "…" : host;
    return new UnknownHostException(shown + ": " + why);
  }
}
