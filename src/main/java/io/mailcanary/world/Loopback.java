package io.mailcanary.world;

import java.net.InetAddress;

/// Everything in this world happens on one address.
final class Loopback {
  static final InetAddress ADDRESS = InetAddress.ofLiteral("127.0.0.1");

  private Loopback() {}
}
