package io.mailcanary.lab;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Issues server certificates as PEM files, good ones and bad ones.
public final class CertificateAuthority {

  /// A server's certificate and its private key.
  public record ServerCertificate(Path certificate, Path key, Path caFile) {}

  private final Path folder;
  private final X509Bundle root;
  private final Path caFile;
  private final AtomicInteger issued = new AtomicInteger();

  private CertificateAuthority(Path folder, X509Bundle root, Path caFile) {
    this.folder = folder;
    this.root = root;
    this.caFile = caFile;
  }

  /// A new authority that writes its files into a folder.
  public static CertificateAuthority in(Path folder) {
    try {
      X509Bundle root =
          new CertificateBuilder()
              .ecp256()
              .subject("CN=mailcanary test authority")
              .setIsCertificateAuthority(true)
              .setKeyUsage(
                  true,
                  CertificateBuilder.KeyUsage.keyCertSign,
                  CertificateBuilder.KeyUsage.cRLSign)
              .buildSelfSigned();
      Path caFile = folder.resolve("ca.pem");
      Files.writeString(caFile, root.getCertificatePEM());
      return new CertificateAuthority(folder, root, caFile);
    } catch (Exception e) {
      throw new IllegalStateException("no certificate authority", e);
    }
  }

  public Path caFile() {
    return caFile;
  }

  /// For `localhost` and 127.0.0.1.
  public ServerCertificate forLocalhost() {
    return forNames("localhost", "127.0.0.1");
  }

  /// For names and IPv4 addresses of one's choice: a wrong name is just another name.
  public ServerCertificate forNames(String... names) {
    return issue(List.of(names), Instant.now().plus(Duration.ofDays(30)));
  }

  /// For the right names, but since yesterday no more.
  public ServerCertificate expired(String... names) {
    return issue(List.of(names), Instant.now().minus(Duration.ofDays(1)));
  }

  /// Ends at a given instant.
  public ServerCertificate until(Instant end, String... names) {
    return issue(List.of(names), end);
  }

  private ServerCertificate issue(List<String> names, Instant end) {
    try {
      CertificateBuilder builder =
          new CertificateBuilder()
              .ecp256()
              .subject("CN=" + names.getFirst())
              .notBefore(end.minus(Duration.ofDays(60)))
              .notAfter(end)
              .setKeyUsage(true, CertificateBuilder.KeyUsage.digitalSignature)
              .addExtendedKeyUsageServerAuth();
      for (String name : names) {
        if (name.matches("[0-9.]+")) {
          builder.addSanIpAddress(name);
        } else {
          builder.addSanDnsName(name);
        }
      }
      return write(builder.buildIssuedBy(root));
    } catch (Exception e) {
      throw new IllegalStateException("no certificate for " + names, e);
    }
  }

  private ServerCertificate write(X509Bundle bundle) throws IOException {
    int number = issued.incrementAndGet();
    Path certificate = folder.resolve("server-" + number + ".pem");
    Path key = folder.resolve("server-" + number + ".key");
    Files.writeString(certificate, bundle.getCertificatePathPEM());
    Files.createFile(
        key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(key, bundle.getPrivateKeyPEM());
    return new ServerCertificate(certificate, key, caFile);
  }
}
