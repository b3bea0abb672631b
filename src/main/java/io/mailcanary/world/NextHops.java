package io.mailcanary.world;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/// Where mail goes next: DNS says which host and address, and since every server of this world
/// lives on one address, a list by host name says which port.
final class NextHops {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Asking resolver;
  private final Map<String, Integer> ports = new ConcurrentHashMap<>();

  /// @param address where to connect to
  record Hop(String host, InetSocketAddress address) {}

  /// Asks a resolver.
  @FunctionalInterface
  interface Asking {
    Message send(Message query) throws IOException;
  }

  NextHops(InetSocketAddress nameServer) {
    this(resolver(nameServer));
  }

  NextHops(Asking resolver) {
    this.resolver = resolver;
  }

  private static Asking resolver(InetSocketAddress nameServer) {
    SimpleResolver resolver = new SimpleResolver(nameServer);
    resolver.setTimeout(PATIENCE);
    return resolver::send;
  }

  void listens(String host, int port) {
    ports.put(host, port);
  }

  /// The hosts that take mail for a domain, best first (RFC 5321 §5.1).
  List<String> exchangers(String domain) throws SmtpRefusal {
    List<MXRecord> records =
        ask(domain, Type.MX).stream()
            .filter(MXRecord.class::isInstance)
            .map(MXRecord.class::cast)
            .sorted(Comparator.comparingInt(MXRecord::getPriority))
            .toList();
    if (records.isEmpty()) {
      return List.of(domain);
    }
    if (records.size() == 1 && records.getFirst().getTarget().equals(Name.root)) {
      throw new SmtpRefusal(556, "5.1.10 %s does not accept mail".formatted(domain));
    }
    return records.stream()
        .map(mx -> mx.getTarget().toString(true).toLowerCase(Locale.ROOT))
        .toList();
  }

  /// Whether a domain says by MX who takes its mail.
  enum MailHosts {
    NAMED,
    NOT_NAMED,
    UNKNOWN
  }

  MailHosts mailHosts(String domain) {
    try {
      return ask(domain, Type.MX).stream().anyMatch(MXRecord.class::isInstance)
          ? MailHosts.NAMED
          : MailHosts.NOT_NAMED;
    } catch (SmtpRefusal refusal) {
      return refusal.reply().isPermanent() ? MailHosts.NOT_NAMED : MailHosts.UNKNOWN;
    }
  }

  Hop hop(String host) throws SmtpRefusal {
    InetAddress address = addresses(host).getFirst();
    Integer port = ports.get(host);
    if (port == null || !address.equals(Loopback.ADDRESS)) {
      throw unreachable(host, address);
    }
    return new Hop(host, new InetSocketAddress(address, port));
  }

  static SmtpRefusal unreachable(String host, InetAddress address) {
    return new SmtpRefusal(
        450,
        "4.4.1 connect to %s[%s]:25: Connection timed out"
            .formatted(host, address.getHostAddress()));
  }

  /// A host's addresses, at least one.
  List<InetAddress> addresses(String host) throws SmtpRefusal {
    List<InetAddress> addresses =
        ask(host, Type.A).stream()
            .filter(ARecord.class::isInstance)
            .map(a -> ((ARecord) a).getAddress())
            .toList();
    if (addresses.isEmpty()) {
      throw new SmtpRefusal(
          550, "5.4.4 " + said(host, Type.A, "Host found but no data record of requested type"));
    }
    return addresses;
  }

  private List<Record> ask(String name, int type) throws SmtpRefusal {
    Message answer;
    try {
      Record question = Record.newRecord(Name.fromString(name, Name.root), type, DClass.IN);
      answer = resolver.send(Message.newQuery(question));
    } catch (IOException _) {
      throw new SmtpRefusal(450, "4.4.3 " + said(name, type, "Host not found, try again"));
    }
    return switch (answer.getRcode()) {
      case Rcode.NOERROR -> answer.getSection(Section.ANSWER);
      case Rcode.NXDOMAIN ->
          throw new SmtpRefusal(550, "5.4.4 " + said(name, type, "Host not found"));
      default ->
          throw new SmtpRefusal(450, "4.4.3 " + said(name, type, "Host not found, try again"));
    };
  }

  /// In the words of Postfix, which bounce readers know.
  private static String said(String name, int type, String why) {
    return "Host or domain name not found. Name service error for name=%s type=%s: %s"
        .formatted(name, Type.string(type), why);
  }
}
