package io.mailcanary.receiver;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;

/// A listening socket that is bound before anybody serves it, so that a port that cannot be had is
/// known at once.
final class Door extends ServerSocket {
  private static final int BACKLOG = 100;

  private final Duration session;

  /// @throws IOException when it cannot be had
  Door(InetSocketAddress address, Duration session) throws IOException {
    this.session = session;
    try {
      setReuseAddress(true);
      super.bind(address, BACKLOG);
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /// The library binds what it is given: that is done.
  @Override
  public void bind(SocketAddress address, int backlog) throws IOException {
    if (!isBound()) {
      super.bind(address, backlog);
    }
  }

  @Override
  public Socket accept() throws IOException {
    GuardedSocket client = new GuardedSocket(session);
    implAccept(client);
    client.setTcpNoDelay(true);
    return client;
  }
}
