package io.mailcanary.api;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.List;

/// Networks in CIDR form.
final class Networks {
  private Networks() {}

  static boolean contain(List<String> networks, InetAddress address) {
    return networks.stream().anyMatch(network -> contains(network, address));
  }

  /// Whether `host` is an address literal of this machine; no name is looked up.
  static boolean isLoopbackLiteral(String host) {
    try {
      return InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /// An IPv6 address has many spellings: the one that probe files are read to.
  static String canonical(String host) {
    if (!host.contains(":")) {
      return host;
    }
    try {
      return InetAddress.ofLiteral(host).getHostAddress();
    } catch (IllegalArgumentException e) {
      return host;
    }
  }

  private static boolean contains(String network, InetAddress address) {
    int slash = network.indexOf('/');
    InetAddress base = InetAddress.ofLiteral(slash < 0 ? network : network.substring(0, slash));
    byte[] own = base.getAddress();
    byte[] other = address.getAddress();
    if (own.length != other.length) {
      return false;
    }
    int bits = slash < 0 ? own.length * 8 : Integer.parseInt(network.substring(slash + 1));
    int rest = own.length * 8 - bits;
    return new BigInteger(1, own)
        .shiftRight(rest)
        .equals(new BigInteger(1, other).shiftRight(rest));
  }
}
