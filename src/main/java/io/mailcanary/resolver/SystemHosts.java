package io.mailcanary.resolver;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;

/// The system's own resolver, hosts file included. The JVM remembers its answers, so we don't.
final class SystemHosts implements HostSource {
  @Override
  public HostAnswer ask(String host) {
    try {
      return new HostAnswer.Found(List.of(InetAddress.getAllByName(host)), Duration.ZERO);
    } catch (UnknownHostException _) {
      return new HostAnswer.Missing(
          host + ": no address, says the system's resolver", Duration.ZERO);
    }
  }
}
