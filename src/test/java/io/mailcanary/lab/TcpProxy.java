package io.mailcanary.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Stands between a client and a server on loopback, and drops, refuses or freezes what passes.
public final class TcpProxy implements AutoCloseable {
  private final int target;
  private final int port;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition thawed = lock.newCondition();
  private boolean frozen;
  private @Nullable Listening listening;

  private record Listening(ServerSocket socket, Thread accepting) {}

  private TcpProxy(int target) throws IOException {
    this.target = target;
    // One that the kernel gives to nobody while this is down: a client that tries again and again
    // from the range of such ports may even meet itself there.
    this.port = Ports.free();
    listen();
  }

  public static TcpProxy to(int port) {
    try {
      return new TcpProxy(port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return port;
  }

  /// How many connections were taken so far.
  public int accepted() {
    return accepted.get();
  }

  /// Ends all connections; new ones are taken.
  public void drop() {
    for (Socket socket : open) {
      close(socket);
    }
  }

  /// Ends all connections and refuses new ones.
  public synchronized void down() {
    Listening ended = listening;
    listening = null;
    if (ended != null) {
      try {
        ended.socket().close();
        // The port is taken for as long as somebody still waits at it.
        ended.accepting().join();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    drop();
  }

  public synchronized void up() {
    if (listening == null) {
      try {
        listen();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// Connections stay open, and nothing passes any more: half-open, as behind a dead firewall.
  public void freeze() {
    lock.lock();
    try {
      frozen = true;
    } finally {
      lock.unlock();
    }
  }

  public void thaw() {
    lock.lock();
    try {
      frozen = false;
      thawed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    down();
    thaw();
  }

  private void listen() throws IOException {
    ServerSocket server = new ServerSocket();
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    listening = new Listening(server, Thread.ofVirtual().start(() -> accept(server)));
  }

  private void accept(ServerSocket server) {
    try {
      while (true) {
        Socket client = server.accept();
        accepted.incrementAndGet();
        open.add(client);
        Thread.ofVirtual().start(() -> join(client));
      }
    } catch (IOException _) {
      // It was closed.
    }
  }

  private void join(Socket client) {
    try {
      Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
      server.setTcpNoDelay(true);
      client.setTcpNoDelay(true);
      open.add(server);
      Thread.ofVirtual().start(() -> pump(client, server));
      pump(server, client);
    } catch (IOException _) {
      close(client);
    }
  }

  private void pump(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[8192];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        awaitThaw();
        out.write(buffer, 0, count);
      }
    } catch (IOException | InterruptedException _) {
      // One side ended.
    } finally {
      close(from);
      close(to);
    }
  }

  private void awaitThaw() throws InterruptedException {
    lock.lock();
    try {
      while (frozen) {
        thawed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private void close(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException _) {
      // It is gone either way.
    }
  }
}
