package io.mailcanary.resolver;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/// What is known of a host's addresses, and for how long that may be remembered.
sealed interface HostAnswer {
  Duration keep();

  /// @param addresses at least one, in the order in which they are tried
  record Found(List<InetAddress> addresses, Duration keep) implements HostAnswer {
    public Found {
      addresses = List.copyOf(addresses);
    }
  }

  /// @param sentence names the host, what was answered, and who answered it
  record Missing(String sentence, Duration keep) implements HostAnswer {}
}
