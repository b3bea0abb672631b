package io.mailcanary.wire;

import io.mailcanary.path.Tls;
import io.mailcanary.wire.WireException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Whom we believe: the system's certificate authorities, or those of a file, or anybody.
///
/// A file is read again when its time changes.
public final class Trust {
  private static final long LARGEST_FILE = 4 * 1024 * 1024;

  private record Key(boolean verify, Optional<Path> file, Optional<FileTime> changed) {}

  private final ConcurrentMap<Key, X509ExtendedTrustManager> managers = new ConcurrentHashMap<>();

  /// A new context for these settings. It has no sessions to resume: in a resumed one the server
  /// shows no certificate (RFC 8446 §2.2), and one that has expired since would go unseen.
  ///
  /// @throws WireException when the file of authorities cannot be read
  public SSLContext context(Tls tls) throws WireException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {manager(tls)}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new WireException(Kind.TLS, "no TLS here: " + e.getMessage(), e);
    }
  }

  /// The authorities whom we believe with these settings; none where anybody is believed.
  ///
  /// @throws WireException when the file of authorities cannot be read
  public List<X509Certificate> anchors(Tls tls) throws WireException {
    try {
      return List.of(manager(tls).getAcceptedIssuers());
    } catch (GeneralSecurityException e) {
      throw new WireException(Kind.TLS, "no TLS here: " + e.getMessage(), e);
    }
  }

  private X509ExtendedTrustManager manager(Tls tls) throws GeneralSecurityException, WireException {
    Optional<Path> file = tls.verify() ? tls.caFile() : Optional.empty();
    Key key = new Key(tls.verify(), file, changed(file));
    X509ExtendedTrustManager known = managers.get(key);
    if (known != null) {
      return known;
    }
    X509ExtendedTrustManager fresh =
        key.verify() ? new ExplainingTrustManager(judge(key.file())) : new AnybodyTrustManager();
    managers.keySet().removeIf(old -> old.file().isPresent() && old.file().equals(key.file()));
    managers.put(key, fresh);
    return fresh;
  }

  /// A TLS client on top of a connection, before its handshake.
  SSLSocket layer(Socket line, Target target) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            context(target.tls())
                .getSocketFactory()
                .createSocket(line, target.host(), target.port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    if (target.tls().verify()) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    serverName(target.host()).ifPresent(name -> parameters.setServerNames(List.of(name)));
    socket.setSSLParameters(parameters);
    return socket;
  }

  /// Why there is no TLS, for a person.
  static WireException reason(Throwable thrown, String host) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof WireException known) {
        return known;
      }
      if (t instanceof UntrustedException untrusted) {
        return new WireException(Kind.TLS, String.valueOf(untrusted.getMessage()), thrown);
      }
    }
    String message = String.valueOf(thrown.getMessage());
    String words =
        thrown instanceof SSLException
            ? "no TLS with %s: %s".formatted(host, Visible.text(message, 300))
            : "the connection broke during the TLS handshake: %s"
                .formatted(Visible.text(message, 300));
    return new WireException(Kind.TLS, words, thrown);
  }

  /// Addresses are never sent as a server name (RFC 6066 §3).
  private static Optional<SNIHostName> serverName(String host) {
    try {
      return host.contains(":") || host.matches("[0-9.]+")
          ? Optional.empty()
          : Optional.of(new SNIHostName(host));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Optional<FileTime> changed(Optional<Path> file) throws WireException {
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.getLastModifiedTime(file.get()));
    } catch (IOException e) {
      throw unreadable(file.get(), e);
    }
  }

  private static X509ExtendedTrustManager judge(Optional<Path> file)
      throws GeneralSecurityException, WireException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(file.isPresent() ? authorities(file.get()) : null);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager fitting) {
        return fitting;
      }
    }
    throw new GeneralSecurityException("the JVM has no X.509 trust manager");
  }

  private static @Nullable KeyStore authorities(Path file) throws WireException {
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw new WireException(Kind.TLS, "%s is larger than 4 MB".formatted(file), null);
      }
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      try (InputStream in = Files.newInputStream(file)) {
        int count = 0;
        for (Certificate certificate :
            CertificateFactory.getInstance("X.509").generateCertificates(in)) {
          store.setCertificateEntry("ca-" + count++, certificate);
        }
        if (count == 0) {
          throw new WireException(Kind.TLS, "%s has no certificate".formatted(file), null);
        }
      }
      return store;
    } catch (WireException e) {
      throw e;
    } catch (IOException | GeneralSecurityException e) {
      throw unreadable(file, e);
    }
  }

  private static WireException unreadable(Path file, Exception e) {
    return new WireException(
        Kind.TLS,
        "the CA file %s cannot be read: %s".formatted(file, e.getClass().getSimpleName()),
        e);
  }
}
