package io.mailcanary.world;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Flags;

/// DNS of the world: a resolver, two servers for the zones of those who mail, and one for what is
/// above them. All use one port, each on a loopback address of its own; where a system has only one
/// such address (macOS), one server plays all parts.
final class WorldDns implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorldDns.class);
  private static final int MOST_ATTEMPTS = 20;
  private static final InetAddress FIRST = InetAddress.ofLiteral("127.0.0.2");
  private static final InetAddress SECOND = InetAddress.ofLiteral("127.0.0.3");
  private static final InetAddress ABOVE = InetAddress.ofLiteral("127.0.0.4");

  private final Zones zones;
  private final Deque<NameServer> servers;

  private WorldDns(Zones zones, Deque<NameServer> servers) {
    this.zones = zones;
    this.servers = servers;
  }

  /// @param origins of zones whose files stand beside this class
  static WorldDns start(List<String> origins) throws IOException {
    return start(origins, !isOurs(FIRST) || !isOurs(SECOND) || !isOurs(ABOVE));
  }

  /// @param alone whether one server plays all parts
  static WorldDns start(List<String> origins, boolean alone) throws IOException {
    Zones zones =
        Zones.load(
            origins,
            Map.of(
                "ns1", address(alone, FIRST),
                "ns2", address(alone, SECOND),
                "above", address(alone, ABOVE)));
    for (int attempt = 0; ; attempt++) {
      Deque<NameServer> started = new ArrayDeque<>();
      try {
        start(zones, alone, started);
        return new WorldDns(zones, started);
      } catch (BindException e) {
        // The port is free at one address and taken at another.
        close(started);
        if (attempt == MOST_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static void start(Zones zones, boolean alone, Deque<NameServer> into) throws IOException {
    Recursion resolver = new Recursion(zones);
    if (alone) {
      into.push(NameServer.start(allParts(zones, resolver), Loopback.ADDRESS, 0));
      return;
    }
    NameServer first = NameServer.start(resolver::reply, Loopback.ADDRESS, 0);
    into.push(first);
    int port = first.address().getPort();
    DnsSource below = new Authority(zones, zone -> !zone.isAbove());
    DnsSource above = new Authority(zones, PublishedZone::isAbove);
    into.push(NameServer.start(below::reply, FIRST, port));
    into.push(NameServer.start(below::reply, SECOND, port));
    into.push(NameServer.start(above::reply, ABOVE, port));
  }

  /// Who wants recursion asks the resolver; who doesn't, the servers of the zones.
  private static NameServer.Answering allParts(Zones zones, DnsSource resolver) {
    DnsSource servers = new Authority(zones, _ -> true);
    return query -> (query.getHeader().getFlag(Flags.RD) ? resolver : servers).reply(query);
  }

  private static boolean isOurs(InetAddress address) {
    try (ServerSocket socket = new ServerSocket(0, 1, address)) {
      return socket.isBound();
    } catch (IOException e) {
      LOG.debug("{}: {}", address.getHostAddress(), e.toString());
      return false;
    }
  }

  private static String address(boolean alone, InetAddress own) {
    return (alone ? Loopback.ADDRESS : own).getHostAddress();
  }

  Zones zones() {
    return zones;
  }

  /// Whom to ask.
  InetSocketAddress resolver() {
    return servers.getLast().address();
  }

  @Override
  public void close() {
    close(servers);
  }

  private static void close(Deque<NameServer> servers) {
    for (NameServer server : servers) {
      try {
        server.close();
      } catch (IOException e) {
        LOG.debug("name server not closed: {}", e.toString());
      }
    }
  }
}
