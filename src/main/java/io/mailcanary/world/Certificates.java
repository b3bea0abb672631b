package io.mailcanary.world;

import io.mailcanary.wire.Der;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.security.auth.x500.X500Principal;

/// The certification authority of the world, made anew at each start (RFC 5280, ECDSA on P-256).
final class Certificates {
  private static final Duration YEAR = Duration.ofDays(365);
  private static final char[] NO_PASSWORD = {};
  private static final byte[] ECDSA_WITH_SHA256 =
      Der.sequence(Der.objectId(1, 2, 840, 10045, 4, 3, 2));

  private final SecureRandom random = new SecureRandom();
  private final X500Principal name = new X500Principal("CN=Built-in mail world CA");
  private final KeyPair keys;
  private final Instant from;
  private final Certificate authority;

  private Certificates() throws GeneralSecurityException {
    // An hour back, for clocks that disagree.
    from = Instant.now().minus(Duration.ofHours(1));
    keys = pair();
    authority =
        issued(
            name,
            keys.getPublic(),
            from,
            from.plus(YEAR),
            extension(true, Der.sequence(Der.TRUE), 2, 5, 29, 19),
            // keyCertSign, cRLSign
            extension(true, Der.bits(1, new byte[] {0x06}), 2, 5, 29, 15),
            extension(false, Der.octets(keyId(keys.getPublic())), 2, 5, 29, 14));
  }

  static Certificates create() throws GeneralSecurityException {
    return new Certificates();
  }

  /// The authority's certificate, as `ca-file` wants it.
  String authorityPem() throws GeneralSecurityException {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(authority.getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }

  /// For a server of this name.
  SSLContext serverContext(String host) throws GeneralSecurityException {
    return serverContext(host, from, from.plus(YEAR));
  }

  SSLContext serverContext(String host, Instant notBefore, Instant notAfter)
      throws GeneralSecurityException {
    KeyPair own = pair();
    Certificate certificate =
        issued(
            new X500Principal("CN=" + host),
            own.getPublic(),
            notBefore,
            notAfter,
            // digitalSignature
            extension(true, Der.bits(7, new byte[] {(byte) 0x80}), 2, 5, 29, 15),
            extension(false, Der.sequence(Der.objectId(1, 3, 6, 1, 5, 5, 7, 3, 1)), 2, 5, 29, 37),
            extension(
                false,
                Der.sequence(Der.tagged(0x82, host.getBytes(StandardCharsets.US_ASCII))),
                2,
                5,
                29,
                17),
            extension(
                false, Der.sequence(Der.tagged(0x80, keyId(keys.getPublic()))), 2, 5, 29, 35));
    KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(store(own.getPrivate(), certificate), NO_PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, random);
    return context;
  }

  /// For the servers of the world among themselves: they trust their authority.
  SSLContext clientContext() throws GeneralSecurityException {
    KeyStore trusted = emptyStore();
    trusted.setCertificateEntry("authority", authority);
    TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), random);
    return context;
  }

  private KeyPair pair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256, random);
    return generator.generateKeyPair();
  }

  private Certificate issued(
      X500Principal subject,
      PublicKey key,
      Instant notBefore,
      Instant notAfter,
      byte[]... extensions)
      throws GeneralSecurityException {
    byte[] content =
        Der.sequence(
            Der.tagged(0xa0, Der.integer(BigInteger.TWO)),
            Der.integer(new BigInteger(120, random).setBit(120)),
            ECDSA_WITH_SHA256,
            name.getEncoded(),
            Der.sequence(Der.time(notBefore), Der.time(notAfter)),
            subject.getEncoded(),
            key.getEncoded(),
            Der.tagged(0xa3, Der.sequence(extensions)));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(keys.getPrivate(), random);
    signature.update(content);
    byte[] whole = Der.sequence(content, ECDSA_WITH_SHA256, Der.bits(0, signature.sign()));
    return CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(whole));
  }

  private static byte[] extension(boolean critical, byte[] value, int... id) {
    return critical
        ? Der.sequence(Der.objectId(id), Der.TRUE, Der.octets(value))
        : Der.sequence(Der.objectId(id), Der.octets(value));
  }

  private static byte[] keyId(PublicKey key) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-1").digest(key.getEncoded());
  }

  private KeyStore store(PrivateKey key, Certificate certificate) throws GeneralSecurityException {
    KeyStore store = emptyStore();
    store.setKeyEntry("server", key, NO_PASSWORD, new Certificate[] {certificate, authority});
    return store;
  }

  /// In memory; the JDK's own format, since PKCS #12 spends time on deriving keys.
  private static KeyStore emptyStore() throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("JKS");
    try {
      store.load(null, NO_PASSWORD);
    } catch (IOException e) {
      throw new GeneralSecurityException(e);
    }
    return store;
  }
}
