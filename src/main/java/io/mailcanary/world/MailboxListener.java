package io.mailcanary.world;

import com.icegreen.greenmail.server.ProtocolHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Accepts the connections of one of GreenMail's protocols. GreenMail's own servers take a platform
/// thread for each, end those that are quiet for 30 seconds, and leave Nagle's algorithm on: with
/// answers in two writes that costs 40 ms a command.
final class MailboxListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MailboxListener.class);
  private static final int MOST_CONNECTIONS = 512;

  /// RFC 3501 §5.4: a server waits at least that long.
  private static final Duration AUTOLOGOUT = Duration.ofMinutes(30);

  private final ServerSocket listener;
  private final Function<Socket, ProtocolHandler> protocol;
  private final Threads threads;
  private final Set<ProtocolHandler> open = ConcurrentHashMap.newKeySet();

  private MailboxListener(
      String name, ServerSocket listener, Function<Socket, ProtocolHandler> protocol) {
    this.listener = listener;
    this.protocol = protocol;
    this.threads = new Threads("world-" + name);
  }

  static MailboxListener open(String name, Function<Socket, ProtocolHandler> protocol)
      throws IOException {
    MailboxListener listener =
        new MailboxListener(name, new ServerSocket(0, 50, Loopback.ADDRESS), protocol);
    listener.threads.start(listener::accept);
    return listener;
  }

  InetSocketAddress address() {
    return new InetSocketAddress(Loopback.ADDRESS, listener.getLocalPort());
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (open.size() >= MOST_CONNECTIONS) {
          client.close();
          continue;
        }
        client.setTcpNoDelay(true);
        client.setSoTimeout(Math.toIntExact(AUTOLOGOUT.toMillis()));
        ProtocolHandler handler = protocol.apply(client);
        open.add(handler);
        threads.start(() -> serve(handler));
      } catch (IOException e) {
        LOG.debug("connection not accepted: {}", e.toString());
      }
    }
  }

  private void serve(ProtocolHandler handler) {
    try {
      handler.run();
    } catch (RuntimeException e) {
      LOG.debug("mailbox connection ended: {}", e.toString());
    } finally {
      open.remove(handler);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    open.forEach(ProtocolHandler::close);
    threads.close();
  }
}
