package io.mailcanary.path;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;

/// Which of a host's addresses are used.
public enum Family {
  ANY,
  IPV4,
  IPV6;

  public boolean fits(InetAddress address) {
    return switch (this) {
      case ANY -> true;
      case IPV4 -> address instanceof Inet4Address;
      case IPV6 -> address instanceof Inet6Address;
    };
  }
}
