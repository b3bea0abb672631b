package io.mailcanary.submission;

import java.net.InetAddress;
import java.net.UnknownHostException;

/// What this host calls itself.
final class OwnName {
  private static final String NAME = find();

  private OwnName() {}

  /// A full name, or else an address literal (RFC 5321 §4.1.4).
  static String get() {
    return NAME;
  }

  private static String find() {
    try {
      InetAddress self = InetAddress.getLocalHost();
      String name = self.getCanonicalHostName();
      if (name.contains(".") && !name.equals(self.getHostAddress())) {
        return name;
      }
      return self.getAddress().length == 4
          ? "[" + self.getHostAddress() + "]"
          : "[IPv6:" + self.getHostAddress().replaceAll("%.*", "") + "]";
    } catch (UnknownHostException _) {
      return "[127.0.0.1]";
    }
  }
}
