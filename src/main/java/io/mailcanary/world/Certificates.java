package io.mailcanary.world;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// The certification authority of the world, made anew at each start.
final class Certificates {
  private static final Duration YEAR = Duration.ofDays(365);

  private final X509Bundle authority;
  private final Instant from;

  private Certificates(X509Bundle authority, Instant from) {
    this.authority = authority;
    this.from = from;
  }

  static Certificates create() throws GeneralSecurityException {
    // An hour back, for clocks that disagree.
    Instant from = Instant.now().minus(Duration.ofHours(1));
    return new Certificates(
        built(
            base("CN=Built-in mail world CA", from, from.plus(YEAR))
                .setIsCertificateAuthority(true)
                .setKeyUsage(
                    true,
                    CertificateBuilder.KeyUsage.keyCertSign,
                    CertificateBuilder.KeyUsage.cRLSign),
            Optional.empty()),
        from);
  }

  /// The authority's certificate, as `ca-file` wants it.
  String authorityPem() {
    return authority.getRootCertificatePEM();
  }

  /// For a server of this name.
  SSLContext serverContext(String host) throws GeneralSecurityException {
    return serverContext(host, from, from.plus(YEAR));
  }

  SSLContext serverContext(String host, Instant notBefore, Instant notAfter)
      throws GeneralSecurityException {
    X509Bundle certificate =
        built(
            base("CN=" + host, notBefore, notAfter)
                .addSanDnsName(host)
                .setKeyUsage(true, CertificateBuilder.KeyUsage.digitalSignature)
                .addExtendedKeyUsageServerAuth(),
            Optional.of(authority));
    return context(certificate.toKeyManagerFactory().getKeyManagers(), null);
  }

  /// For the servers of the world among themselves: they trust their authority.
  SSLContext clientContext() throws GeneralSecurityException {
    return context(null, authority.toTrustManagerFactory().getTrustManagers());
  }

  private static CertificateBuilder base(String subject, Instant from, Instant until) {
    return new CertificateBuilder()
        .subject(subject)
        .algorithm(CertificateBuilder.Algorithm.ecp256)
        .notBefore(from)
        .notAfter(until);
  }

  private static X509Bundle built(CertificateBuilder builder, Optional<X509Bundle> issuer)
      throws GeneralSecurityException {
    try {
      return issuer.isPresent() ? builder.buildIssuedBy(issuer.get()) : builder.buildSelfSigned();
    } catch (GeneralSecurityException e) {
      throw e;
    } catch (Exception e) {
      throw new GeneralSecurityException("cannot make a certificate", e);
    }
  }

  private static SSLContext context(KeyManager @Nullable [] keys, TrustManager @Nullable [] trust)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trust, null);
    return context;
  }
}
