package io.mailcanary.world;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A door in front of a server: it passes bytes on, ends TLS where it is told to, and can be frozen
/// (nothing moves, nothing is closed) or shut (connections end, new ones are dropped).
final class GatewayProxy implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayProxy.class);
  private static final int MOST_CONNECTIONS = 256;
  private static final int HANDSHAKE_MILLIS = 10_000;

  enum Door {
    OPEN,
    FROZEN,
    SHUT
  }

  private final ServerSocket listener;
  private final InetSocketAddress target;
  private final Optional<Supplier<SSLContext>> tls;
  private final Threads threads;
  private final Semaphore permits = new Semaphore(MOST_CONNECTIONS);
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private volatile Door door = Door.OPEN;

  private GatewayProxy(
      String name,
      ServerSocket listener,
      InetSocketAddress target,
      Optional<Supplier<SSLContext>> tls) {
    this.threads = new Threads("world-" + name);
    this.listener = listener;
    this.target = target;
    this.tls = tls;
  }

  /// @param tls asked at each connection, so that certificates can change; empty: plain text
  static GatewayProxy open(
      String name, InetSocketAddress target, Optional<Supplier<SSLContext>> tls)
      throws IOException {
    GatewayProxy proxy =
        new GatewayProxy(name, new ServerSocket(0, 50, Loopback.ADDRESS), target, tls);
    proxy.threads.start(proxy::accept);
    return proxy;
  }

  int port() {
    return listener.getLocalPort();
  }

  int connections() {
    return MOST_CONNECTIONS - permits.availablePermits();
  }

  /// @return opens it again
  Repair keep(Door as) {
    move(as);
    return () -> move(Door.OPEN);
  }

  void move(Door to) {
    lock.lock();
    try {
      door = to;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
    if (to == Door.SHUT) {
      sockets.forEach(GatewayProxy::close);
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (door == Door.SHUT || !permits.tryAcquire()) {
          client.close();
          continue;
        }
        sockets.add(client);
        threads.start(() -> serve(client));
      } catch (IOException e) {
        LOG.debug("connection not accepted: {}", e.toString());
      }
    }
  }

  private void serve(Socket client) {
    Socket server = new Socket();
    sockets.add(server);
    try {
      waitWhileFrozen();
      server.connect(target, HANDSHAKE_MILLIS);
      server.setTcpNoDelay(true);
      client.setTcpNoDelay(true);
      Socket outside = tls.isPresent() ? secured(client, tls.get().get()) : client;
      threads.start(() -> pump(server, outside));
      pump(outside, server);
    } catch (IOException | InterruptedException e) {
      LOG.debug("connection through the gateway ended: {}", e.toString());
    } finally {
      close(server);
      close(client);
      sockets.remove(server);
      sockets.remove(client);
      permits.release();
    }
  }

  private static Socket secured(Socket client, SSLContext context) throws IOException {
    SSLSocket secured =
        (SSLSocket) context.getSocketFactory().createSocket(client, null, client.getPort(), true);
    secured.setUseClientMode(false);
    client.setSoTimeout(HANDSHAKE_MILLIS);
    secured.startHandshake();
    client.setSoTimeout(0);
    return secured;
  }

  /// Passes bytes on until one side ends; then both do.
  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[8192];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        waitWhileFrozen();
        out.write(buffer, 0, read);
        out.flush();
      }
      waitWhileFrozen();
    } catch (IOException | InterruptedException e) {
      LOG.debug("connection through the gateway ended: {}", e.toString());
    } finally {
      close(from);
      close(to);
    }
  }

  private void waitWhileFrozen() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (door == Door.FROZEN) {
        moved.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("not closed: {}", e.toString());
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    move(Door.SHUT);
    threads.close();
  }
}
