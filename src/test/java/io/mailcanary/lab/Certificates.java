package io.mailcanary.lab;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// A certificate authority and what it signs.
public final class Certificates {
  private final X509Bundle authority;

  public Certificates(String name) {
    try {
      authority =
          new CertificateBuilder()
              .subject("CN=" + name)
              .setIsCertificateAuthority(true)
              .buildSelfSigned();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /// Writes the authority's certificate where a `ca-file` can point.
  public Path write(Path file) throws IOException {
    return Files.writeString(file, authority.getCertificatePEM());
  }

  /// A server that is who it says, until tomorrow.
  public SSLContext server(String name) {
    return server(name, Instant.now().plus(Duration.ofDays(1)));
  }

  public SSLContext server(String name, Instant until) {
    return changing(new AtomicReference<>(key(name, until)));
  }

  /// The key of a server, to be put into a [#changing] context.
  public KeyManager key(String name, Instant until) {
    try {
      X509Bundle leaf =
          new CertificateBuilder()
              .subject("CN=" + name)
              .addSanDnsName(name)
              .notBefore(until.minus(Duration.ofDays(30)))
              .notAfter(until)
              .buildIssuedBy(authority);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      char[] password = "keys".toCharArray();
      keys.init(leaf.toKeyStore(password), password);
      return keys.getKeyManagers()[0];
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /// A server that changes its certificate without forgetting its sessions.
  public static SSLContext changing(AtomicReference<KeyManager> current) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {new Changing(current)}, null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Changing extends X509ExtendedKeyManager {
    private final AtomicReference<KeyManager> current;

    Changing(AtomicReference<KeyManager> current) {
      this.current = current;
    }

    private X509ExtendedKeyManager now() {
      return (X509ExtendedKeyManager) current.get();
    }

    @Override
    public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
      return now().getClientAliases(keyType, issuers);
    }

    @Override
    public String chooseClientAlias(
        String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return now().chooseClientAlias(keyType, issuers, socket);
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
      return now().getServerAliases(keyType, issuers);
    }

    @Override
    public String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return now().chooseServerAlias(keyType, issuers, socket);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return now().getCertificateChain(alias);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return now().getPrivateKey(alias);
    }
  }
}
