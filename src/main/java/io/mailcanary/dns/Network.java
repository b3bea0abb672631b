package io.mailcanary.dns;

import java.net.InetAddress;
import java.util.Optional;

/// A network in CIDR form.
record Network(InetAddress address, int prefix) {

  /// Reads `192.0.2.0/24`, `2001:db8::/32` or a single address.
  static Optional<Network> parse(String text) {
    int slash = text.indexOf('/');
    String host = slash < 0 ? text : text.substring(0, slash);
    if (host.isEmpty() || host.length() > 45 || !host.matches("[0-9a-fA-F.:]+")) {
      return Optional.empty();
    }
    try {
      InetAddress address = InetAddress.ofLiteral(host);
      int most = 8 * address.getAddress().length;
      int prefix = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
      return prefix >= 0 && prefix <= most
          ? Optional.of(new Network(address, prefix))
          : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  boolean isIpv4() {
    return address.getAddress().length == 4;
  }

  boolean contains(InetAddress other) {
    byte[] mine = address.getAddress();
    byte[] theirs = other.getAddress();
    if (mine.length != theirs.length) {
      return false;
    }
    for (int bit = 0; bit < prefix; bit++) {
      int mask = 0x80 >> bit % 8;
      if ((mine[bit / 8] & mask) != (theirs[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }
}
