package io.mailcanary.wire;

import io.mailcanary.path.TlsMode;
import io.mailcanary.wire.WireException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// A connection to one [Target] that bounds what the other side may cost us: every answer in bytes
/// and in time, however it is dripped. It becomes a TLS connection in place.
///
/// An exchange begins with each of our writes; what comes until the next one is one answer.
public final class BoundedSocket extends Socket {
  private static final int BUFFER = 2048;

  private final HostLookup lookup;
  private final Trust trust;
  private final Target target;
  private final Exchange exchange;
  private final Input input = new Input();
  private final Output output = new Output();
  private int readMillis;
  private volatile @Nullable Line line;
  private volatile @Nullable SSLSocket tls;
  private volatile @Nullable InputStream from;
  private volatile @Nullable OutputStream to;
  private volatile boolean closed;

  BoundedSocket(HostLookup lookup, Trust trust, Target target) {
    this.lookup = lookup;
    this.trust = trust;
    this.target = target;
    this.exchange = new Exchange(target.replyLimit(), target.replyTimeout());
  }

  /// Connects to the target, and speaks TLS at once where its mode is implicit.
  public void connect() throws IOException {
    dial();
    if (target.tls().mode() == TlsMode.IMPLICIT) {
      secure();
    }
  }

  /// Looks the host up and connects, without TLS.
  public void dial() throws IOException {
    Line connected = Dialler.dial(lookup, target, exchange);
    line = connected;
    if (closed) {
      connected.abandon();
      throw new SocketException("Socket closed");
    }
    Stalls.watch(connected);
    connected.readWithin(readMillis);
    from = connected.getInputStream();
    to = connected.getOutputStream();
    exchange.restart();
  }

  /// Turns the connection to TLS and verifies who the other side is, as the target asks.
  public void secure() throws IOException {
    exchange.restart();
    try {
      if (input.waiting() > 0) {
        // Whoever sits between could have put it there (RFC 3207 §4.2).
        throw new WireException(Kind.TLS, "plain text came behind the answer to STARTTLS", null);
      }
      SSLSocket socket = trust.layer(connectedLine(), target);
      socket.startHandshake();
      tls = socket;
      from = socket.getInputStream();
      to = socket.getOutputStream();
      exchange.restart();
    } catch (IOException | RuntimeException e) {
      WireException why = exchange.breach(Trust.reason(e, target.host()));
      abandon();
      throw why;
    }
  }

  /// The time for each answer from now on; zero: as long as it takes.
  public void answerWithin(Duration allowed) {
    exchange.allow(allowed);
  }

  /// Begins a new exchange without a write, to hear what the other side has to say unasked.
  public void listen(Duration allowed) {
    // In this order: a read that waits already is not late by what was before.
    exchange.restart();
    exchange.allow(allowed);
  }

  /// What came since our last write, made visible and cut short.
  public String heard() {
    return exchange.heard();
  }

  /// Whether something came that nobody has read.
  public boolean hasUnread() {
    return input.waiting() > 0;
  }

  /// Why this side gave the connection up, where it did.
  public Optional<WireException> breach() {
    return Optional.ofNullable(exchange.breach());
  }

  /// The address that is talked to, once there is a connection.
  public Optional<String> peer() {
    Line connected = line;
    return connected == null
        ? Optional.empty()
        : Optional.ofNullable(connected.getInetAddress()).map(InetAddress::getHostAddress);
  }

  public Optional<SSLSession> session() {
    SSLSocket socket = tls;
    return socket == null ? Optional.empty() : Optional.of(socket.getSession());
  }

  /// Closes at once, without a farewell on any layer; from any thread, also during a write.
  public void abandon() {
    closed = true;
    Line connected = line;
    if (connected != null) {
      connected.abandon();
    }
  }

  @Override
  public void connect(@Nullable SocketAddress ignored) throws IOException {
    connect();
  }

  @Override
  public void connect(@Nullable SocketAddress ignored, int timeout) throws IOException {
    connect();
  }

  @Override
  public void bind(@Nullable SocketAddress ignored) {
    // The target says from where.
  }

  @Override
  public InputStream getInputStream() {
    return input;
  }

  @Override
  public OutputStream getOutputStream() {
    return output;
  }

  @Override
  public void close() {
    abandon();
  }

  @Override
  public void setSoTimeout(int millis) {
    readMillis = millis;
    Line connected = line;
    if (connected != null) {
      connected.readWithin(millis);
    }
  }

  @Override
  public int getSoTimeout() {
    return readMillis;
  }

  @Override
  public void setTcpNoDelay(boolean on) {
    // Always on.
  }

  @Override
  public void setKeepAlive(boolean on) throws SocketException {
    Line connected = line;
    if (connected != null) {
      connected.setKeepAlive(on);
    }
  }

  /// The address under the host's own name, so that nobody asks for it in reverse.
  @Override
  public @Nullable InetAddress getInetAddress() {
    Line connected = line;
    InetAddress address = connected == null ? null : connected.getInetAddress();
    return address == null ? null : Dialler.named(target.host(), address);
  }

  @Override
  public int getPort() {
    return target.port();
  }

  @Override
  public @Nullable InetAddress getLocalAddress() {
    Line connected = line;
    return connected == null ? null : connected.getLocalAddress();
  }

  @Override
  public int getLocalPort() {
    Line connected = line;
    return connected == null ? -1 : connected.getLocalPort();
  }

  @Override
  public @Nullable SocketAddress getRemoteSocketAddress() {
    Line connected = line;
    return connected == null ? null : connected.getRemoteSocketAddress();
  }

  @Override
  public @Nullable SocketAddress getLocalSocketAddress() {
    Line connected = line;
    return connected == null ? null : connected.getLocalSocketAddress();
  }

  @Override
  public boolean isConnected() {
    return from != null;
  }

  @Override
  public boolean isBound() {
    return from != null;
  }

  @Override
  public boolean isClosed() {
    Line connected = line;
    return closed || (connected != null && connected.isClosed());
  }

  @Override
  public String toString() {
    return "BoundedSocket[%s:%d]".formatted(target.host(), target.port());
  }

  private Line connectedLine() throws SocketException {
    Line connected = line;
    if (connected == null) {
      throw new SocketException("Socket is not connected");
    }
    return connected;
  }

  /// Hands over one line at a time, so that nobody above holds plain text that came behind the
  /// answer to STARTTLS, and so that what comes unasked is noticed here.
  private final class Input extends InputStream {
    private byte[] buffer = new byte[0];
    private int next;
    private int end;

    int waiting() {
      return end - next;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (next == end && !fill()) {
        return -1;
      }
      int count = Math.min(length, toLineEnd());
      System.arraycopy(buffer, next, target, offset, count);
      next += count;
      return count;
    }

    @Override
    public int available() {
      return waiting();
    }

    @Override
    public void close() {
      BoundedSocket.this.close();
    }

    private boolean fill() throws IOException {
      InputStream source = from;
      if (source == null) {
        throw new SocketException("Socket is not connected");
      }
      if (buffer.length == 0) {
        buffer = new byte[BUFFER];
      }
      next = 0;
      end = 0;
      int count = read(source);
      if (count < 0) {
        return false;
      }
      end = count;
      exchange.count(buffer, 0, count);
      return true;
    }

    private int read(InputStream source) throws IOException {
      try {
        return source.read(buffer, 0, buffer.length);
      } catch (IOException e) {
        WireException breach = exchange.breach();
        throw breach == null ? e : breach;
      }
    }

    private int toLineEnd() {
      for (int i = next; i < end; i++) {
        if (buffer[i] == '\n') {
          return i + 1 - next;
        }
      }
      return waiting();
    }
  }

  private final class Output extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
      OutputStream sink = to;
      if (sink == null) {
        throw new SocketException("Socket is not connected");
      }
      try {
        sink.write(buffer, offset, length);
      } catch (IOException e) {
        WireException breach = exchange.breach();
        throw breach == null ? e : breach;
      }
      exchange.restart();
    }

    @Override
    public void flush() throws IOException {
      OutputStream sink = to;
      if (sink != null) {
        sink.flush();
      }
    }

    @Override
    public void close() {
      BoundedSocket.this.close();
    }
  }
}
