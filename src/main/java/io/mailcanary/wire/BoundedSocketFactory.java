package io.mailcanary.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;

/// Makes sockets for one [Target]; whatever address a caller names, they lead there.
///
/// For Angus: `mail.imap.socketFactory` is this, `mail.imap.ssl.socketFactory` is [#startTls()],
/// `mail.imap.socketFactory.fallback` is `false`. Implicit TLS happens inside the socket, so
/// `ssl.enable` stays off, and the host to connect to is `0.0.0.0`, since Angus would look a name
/// up by the JVM's resolver.
public final class BoundedSocketFactory extends SocketFactory {
  private final HostLookup lookup;
  private final Trust trust;
  private final Target target;

  public BoundedSocketFactory(HostLookup lookup, Trust trust, Target target) {
    this.lookup = lookup;
    this.trust = trust;
    this.target = target;
  }

  /// A socket that is not connected yet.
  @Override
  public BoundedSocket createSocket() {
    return new BoundedSocket(lookup, trust, target);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
      throws IOException {
    return connected();
  }

  /// Turns a [BoundedSocket] to TLS in place and hands it back, as a caller's STARTTLS wants it.
  public SSLSocketFactory startTls() {
    return new InPlace();
  }

  private BoundedSocket connected() throws IOException {
    BoundedSocket socket = createSocket();
    socket.connect();
    return socket;
  }

  private static final class InPlace extends SSLSocketFactory {
    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
        throws IOException {
      if (!(socket instanceof BoundedSocket bounded)) {
        throw new IOException("only for bounded sockets");
      }
      bounded.secure();
      return bounded;
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return new String[0];
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return new String[0];
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      throw only();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
        throws IOException {
      throw only();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      throw only();
    }

    @Override
    public Socket createSocket(
        InetAddress address, int port, InetAddress localAddress, int localPort) throws IOException {
      throw only();
    }

    private static IOException only() {
      return new IOException("only for sockets that are connected already");
    }
  }
}
