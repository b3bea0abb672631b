package io.mailcanary.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateAuthorityTest {

  @Test
  void certificatesAreSignedForTheirNames(@TempDir Path folder) throws Exception {
    CertificateAuthority authority = CertificateAuthority.in(folder);
    X509Certificate root = read(authority.caFile());

    X509Certificate good = read(authority.forLocalhost().certificate());

    good.verify(root.getPublicKey());
    assertThatCode(good::checkValidity).doesNotThrowAnyException();
    assertThat(good.getSubjectAlternativeNames().toString()).contains("localhost", "127.0.0.1");
    X509Certificate other = read(authority.forNames("other.example").certificate());
    assertThat(other.getSubjectAlternativeNames().toString())
        .contains("other.example")
        .doesNotContain("localhost");
  }

  @Test
  void anExpiredCertificateIsOnlyExpired(@TempDir Path folder) throws Exception {
    CertificateAuthority authority = CertificateAuthority.in(folder);

    X509Certificate expired = read(authority.expired("localhost").certificate());

    expired.verify(read(authority.caFile()).getPublicKey());
    assertThatThrownBy(expired::checkValidity).isInstanceOf(CertificateExpiredException.class);
  }

  private static X509Certificate read(Path file) throws Exception {
    try (InputStream stream = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(stream);
    }
  }
}
