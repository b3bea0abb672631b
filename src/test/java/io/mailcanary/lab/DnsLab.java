package io.mailcanary.lab;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadLocalRandom;

/// A corner of the loopback network for name servers: each has an address of its own and port 53,
/// as delegations know no other.
public final class DnsLab implements AutoCloseable {
  public static final int PORT = 53;

  private final String block;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  private DnsLab(String block) {
    this.block = block;
  }

  public static DnsLab open() {
    for (int attempt = 0; attempt < 100; attempt++) {
      ThreadLocalRandom random = ThreadLocalRandom.current();
      String block = "127.%d.%d.".formatted(random.nextInt(10, 250), random.nextInt(1, 250));
      try (DatagramSocket probe = new DatagramSocket(null)) {
        probe.bind(new InetSocketAddress(InetAddress.ofLiteral(block + "10"), PORT));
        return new DnsLab(block);
      } catch (IOException _) {
        // somebody else's
      }
    }
    throw new IllegalStateException("no free corner of the loopback network");
  }

  /// @param host 1 to 254
  public String address(int host) {
    return block + host;
  }

  public InetSocketAddress socket(int host) {
    return new InetSocketAddress(InetAddress.ofLiteral(address(host)), PORT);
  }

  /// A zone file's text with `@N` for the address of host N.
  String filled(String text) {
    return text.replaceAll("@(\\d{1,3})\\b", block + "$1");
  }

  /// A BIND at that address, without zones.
  public Bind bind(int host) {
    return kept(Bind.start(this, address(host)));
  }

  /// An Unbound at that address.
  ///
  /// @param root where the root zone is served
  /// @param lines of the `server` section, such as a trust anchor
  public Unbound unbound(int host, int root, String... lines) {
    return kept(Unbound.start(address(host), address(root), lines));
  }

  /// Hands datagrams on to another address after a while.
  public SlowDns slow(int host, int target, java.time.Duration delay) {
    return kept(SlowDns.open(socket(host), socket(target), delay));
  }

  /// Hands datagrams on from another port.
  public SlowDns forward(int host, int port, int target) {
    return kept(
        SlowDns.open(
            new InetSocketAddress(InetAddress.ofLiteral(address(host)), port),
            socket(target),
            java.time.Duration.ZERO));
  }

  private <T extends AutoCloseable> T kept(T part) {
    parts.push(part);
    return part;
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
