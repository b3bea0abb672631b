package io.mailcanary.world;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/// DNS without sockets: the zones and the logic of the world's name servers, asked by address.
/// Whoever wants recursion asks a resolver at whichever address; without, the server that NS
/// records name.
final class SimulatedDns {
  private static final int DNSSEC_BOGUS = 6;

  private final Zones zones;
  private final Recursion resolver;
  private final Map<Name, InForce<Optional<Act.Silence>>> zoneFaults = new ConcurrentHashMap<>();
  private final Map<InetAddress, InForce<Optional<Act.Silence>>> serverFaults =
      new ConcurrentHashMap<>();

  SimulatedDns(Zones zones) {
    this.zones = zones;
    this.resolver = new Recursion(zones);
    zones.all().forEach(this::delegate);
  }

  /// The zone above names the servers of each zone, unless it does so by itself.
  private void delegate(PublishedZone zone) {
    if (zone.origin().equals(Name.root)) {
      return;
    }
    PublishedZone above =
        zones
            .enclosing(zone.origin(), other -> other != zone)
            .orElseThrow(() -> new IllegalArgumentException(zone.origin() + ": no zone above it"));
    RRset servers = zone.edition().findExactMatch(zone.origin(), Type.NS);
    if (servers == null) {
      throw new IllegalArgumentException(zone.origin() + ": a zone without NS records");
    }
    if (above.edition().findExactMatch(zone.origin(), Type.NS) != null) {
      return;
    }
    List<Record> glue = new ArrayList<>(servers.rrs());
    for (Record server : servers.rrs()) {
      RRset addresses = zone.edition().findExactMatch(((NSRecord) server).getTarget(), Type.A);
      if (addresses != null) {
        glue.addAll(addresses.rrs());
      }
    }
    var _ = above.edit(edit -> glue.forEach(edit::add));
  }

  Repair edit(String zone, Consumer<ZoneEdit> change) {
    return zones.edit(zone, change);
  }

  Repair fail(String zone, Act.Silence how) {
    Name origin = zones.zone(zone).getOrigin();
    return zoneFaults
        .computeIfAbsent(origin, _ -> new InForce<>(Optional.empty()))
        .put(Optional.of(how));
  }

  Repair fail(InetAddress server, Act.Silence how) {
    return serverFaults
        .computeIfAbsent(server, _ -> new InForce<>(Optional.empty()))
        .put(Optional.of(how));
  }

  /// @throws IOException when no answer comes
  Message reply(InetAddress server, Message query) throws IOException {
    Record question = query.getQuestion();
    if (question == null) {
      throw new IOException("no question");
    }
    boolean recursive = query.getHeader().getFlag(Flags.RD);
    DnsSource source = recursive ? resolver : new Authority(zones, zone -> isAt(server, zone));
    Optional<Act.Silence> fault =
        fault(serverFaults, server).or(() -> zoneFault(question.getName(), recursive));
    if (fault.isEmpty()) {
      return source.reply(query);
    }
    return switch (fault.get()) {
      case SERVFAIL -> failing(Rcode.SERVFAIL).reply(query);
      case REFUSED -> failing(Rcode.REFUSED).reply(query);
      case TIMEOUT -> {
        if (recursive && serverFaults.get(server) == null) {
          // Its resolver gives up for it.
          yield failing(Rcode.SERVFAIL).reply(query);
        }
        throw new IOException("Timed out");
      }
      case BOGUS ->
          recursive && !query.getHeader().getFlag(Flags.CD)
              ? bogus(failing(Rcode.SERVFAIL).reply(query))
              : source.reply(query);
    };
  }

  private static DnsSource failing(int rcode) {
    return (_, _) -> rcode;
  }

  /// With the reason (RFC 8914 §4.7).
  private static Message bogus(Message reply) {
    reply.removeAllRecords(Section.ADDITIONAL);
    List<EDNSOption> why = List.of(new ExtendedErrorCodeOption(DNSSEC_BOGUS, "no valid signature"));
    reply.addRecord(new OPTRecord(1232, 0, 0, 0, why), Section.ADDITIONAL);
    return reply;
  }

  private Optional<Act.Silence> zoneFault(Name name, boolean recursive) {
    return (recursive ? zones.delegated(name) : zones.enclosing(name, _ -> true))
        .flatMap(zone -> fault(zoneFaults, zone.origin()));
  }

  private static <K> Optional<Act.Silence> fault(
      Map<K, InForce<Optional<Act.Silence>>> faults, K key) {
    InForce<Optional<Act.Silence>> known = faults.get(key);
    return known == null ? Optional.empty() : known.now();
  }

  /// Whether a zone's own NS records name a host with this address.
  private boolean isAt(InetAddress server, PublishedZone zone) {
    RRset names = zone.edition().findExactMatch(zone.origin(), Type.NS);
    return names != null
        && names.rrs().stream()
            .map(one -> ((NSRecord) one).getTarget())
            .anyMatch(host -> addresses(host).contains(server));
  }

  private List<InetAddress> addresses(Name host) {
    return zones
        .enclosing(host, _ -> true)
        .map(zone -> zone.edition().findExactMatch(host, Type.A))
        .map(set -> set.rrs().stream().map(one -> ((ARecord) one).getAddress()).toList())
        .orElse(List.of());
  }

  /// The addresses that stand in the zones, whatever is wrong with these.
  List<InetAddress> written(String host) {
    try {
      return addresses(Name.fromString(host, Name.root));
    } catch (TextParseException _) {
      return List.of();
    }
  }
}
