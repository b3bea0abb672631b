package io.mailcanary.wire;

import io.mailcanary.wire.WireException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/// Tries a host's addresses in turn within one time limit.
final class Dialler {
  /// Enough for any honest host; a name with thousands of addresses is somebody's trick.
  private static final int MOST = 16;

  private Dialler() {}

  static Line dial(HostLookup lookup, Target target, Exchange exchange) throws WireException {
    InetAddress from = from(target);
    List<InetAddress> addresses = addresses(lookup, target, from);
    long deadline = System.nanoTime() + target.connectTimeout().toNanos();
    List<String> refusals = new ArrayList<>();
    for (int i = 0; i < addresses.size(); i++) {
      InetAddress address = addresses.get(i);
      // Each gets its share of what is left, so that one black hole does not use up all of it.
      long share = (deadline - System.nanoTime()) / (addresses.size() - i) / 1_000_000;
      if (share <= 0) {
        break;
      }
      Line line = new Line(exchange);
      try {
        line.setTcpNoDelay(true);
        keepAlive(line);
        if (from != null) {
          line.bind(new InetSocketAddress(from, 0));
        }
        line.connect(new InetSocketAddress(address, target.port()), (int) share);
        return line;
      } catch (IOException e) {
        line.abandon();
        refusals.add("%s: %s".formatted(address.getHostAddress(), e.getMessage()));
      }
    }
    throw exchange.breach(
        new WireException(
            Kind.CONNECT,
            "no connection to %s port %d: %s"
                .formatted(target.host(), target.port(), String.join("; ", refusals)),
            null));
  }

  /// A peer that is gone without a word is noticed after 35 s, whatever waits on the connection.
  private static void keepAlive(Line line) throws IOException {
    line.setKeepAlive(true);
    if (line.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
      line.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 20);
      line.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 5);
      line.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 3);
    }
  }

  static InetAddress named(String host, InetAddress address) {
    try {
      return InetAddress.getByAddress(host, address.getAddress());
    } catch (UnknownHostException _) {
      return address;
    }
  }

  private static List<InetAddress> addresses(
      HostLookup lookup, Target target, @Nullable InetAddress from) throws WireException {
    List<InetAddress> all;
    try {
      all = lookup.addresses(target.host());
    } catch (UnknownHostException e) {
      throw new WireException(Kind.LOOKUP, String.valueOf(e.getMessage()), e);
    }
    List<InetAddress> fitting =
        all.stream()
            .filter(address -> from == null || address.getClass() == from.getClass())
            .limit(MOST)
            .toList();
    if (fitting.isEmpty()) {
      throw new WireException(
          Kind.CONNECT,
          "%s has no address of the bind address's kind".formatted(target.host()),
          null);
    }
    return fitting;
  }

  private static @Nullable InetAddress from(Target target) throws WireException {
    if (target.bindAddress().isEmpty()) {
      return null;
    }
    String literal = target.bindAddress().get();
    try {
      return InetAddress.ofLiteral(literal);
    } catch (IllegalArgumentException e) {
      throw new WireException(
          Kind.CONNECT, "the bind address '%s' is no IP address".formatted(literal), e);
    }
  }
}
