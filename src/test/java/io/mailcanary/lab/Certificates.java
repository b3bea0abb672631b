package io.mailcanary.lab;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

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
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(name, until), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private KeyManager[] keys(String name, Instant until) {
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
      return keys.getKeyManagers();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
