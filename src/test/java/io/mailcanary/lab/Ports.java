package io.mailcanary.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.awaitility.Awaitility;

/// Ports for servers that can't choose one themselves.
public final class Ports {
  // Below the range that the kernel gives to outgoing connections, so that none takes a port before
  // its server does.
  private static final int LOWEST = 10_240;
  private static final int HIGHEST = 32_000;
  private static final Duration GOING = Duration.ofSeconds(10);
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private Ports() {}

  /// A port of 127.0.0.1 that nobody listens on, given out once.
  public static int free() {
    for (int attempt = 0; attempt < 1_000; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      if (GIVEN.add(port) && isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port");
  }

  /// Returns when nobody listens on them any more: the children of a server that was ended may be
  /// there for a moment longer than itself.
  static void awaitFree(int... ports) {
    for (int port : ports) {
      Awaitility.await("port %d is free".formatted(port))
          .atMost(GOING)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> isFree(port));
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException _) {
      return false;
    }
  }
}
