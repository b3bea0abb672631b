package io.mailcanary.wire;

import io.mailcanary.path.ServerCertificate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/// What a server of ours shows: a certificate from files, read again when they change, or one that
/// it signed itself when it started, as most mail servers do (RFC 7435 §3).
public final class OwnCertificate {
  private static final long LARGEST_FILE = 1 << 20;
  private static final Duration VALID = Duration.ofDays(825);
  private static final char[] NO_PASSWORD = {};
  private static final byte[] ECDSA_WITH_SHA256 =
      Der.sequence(Der.objectId(1, 2, 840, 10045, 4, 3, 2));
  private static final byte[] RSA =
      Der.sequence(Der.objectId(1, 2, 840, 113549, 1, 1, 1), Der.tagged(0x05, new byte[0]));
  private static final Pattern KEY =
      Pattern.compile(
          "-----BEGIN (RSA |EC |ENCRYPTED )?PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END");

  private final Optional<ServerCertificate> files;
  private final String host;
  private @Nullable SSLContext context;
  private @Nullable FileTime readOf;

  /// @param host whom a certificate of our own making is for
  public OwnCertificate(Optional<ServerCertificate> files, String host) {
    this.files = files;
    this.host = host;
  }

  /// For servers.
  ///
  /// @throws IOException when the files cannot be read, or do not fit one another
  public synchronized SSLContext context() throws IOException {
    try {
      FileTime changed = files.isPresent() ? changed(files.get()) : null;
      SSLContext known = context;
      if (known != null && (changed == null || changed.equals(readOf))) {
        return known;
      }
      SSLContext fresh = files.isPresent() ? read(files.get()) : made(host);
      context = fresh;
      readOf = changed;
      return fresh;
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS here: " + e.getMessage(), e);
    }
  }

  /// Why these files are no certificate and its key; empty: they are.
  public static Optional<String> trouble(ServerCertificate files) {
    try {
      var _ = read(files);
      return Optional.empty();
    } catch (IOException | GeneralSecurityException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static FileTime changed(ServerCertificate files) throws IOException {
    FileTime chain = Files.getLastModifiedTime(files.chain());
    FileTime key = Files.getLastModifiedTime(files.key());
    return chain.compareTo(key) > 0 ? chain : key;
  }

  private static SSLContext read(ServerCertificate files)
      throws IOException, GeneralSecurityException {
    List<? extends Certificate> chain =
        List.copyOf(
            CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(bytes(files.chain()))));
    if (chain.isEmpty()) {
      throw new IOException(files.chain() + " holds no certificate");
    }
    PrivateKey key = key(files.key());
    if (!fits(key, chain.getFirst())) {
      throw new IOException(
          "the key in %s is not that of the first certificate in %s"
              .formatted(files.key(), files.chain()));
    }
    return context(key, chain.toArray(new Certificate[0]));
  }

  private static byte[] bytes(Path file) throws IOException {
    if (Files.size(file) > LARGEST_FILE) {
      throw new IOException("%s is larger than %d bytes".formatted(file, LARGEST_FILE));
    }
    return Files.readAllBytes(file);
  }

  private static PrivateKey key(Path file) throws IOException {
    Matcher pem = KEY.matcher(new String(bytes(file), StandardCharsets.US_ASCII));
    if (!pem.find()) {
      throw new IOException(file + " holds no private key (PEM)");
    }
    String form = pem.group(1) == null ? "" : pem.group(1).strip();
    if (form.equals("EC") || form.equals("ENCRYPTED")) {
      throw new IOException(
          "%s holds the key in another form, expected PKCS #8: openssl pkcs8 -topk8 -nodes"
              .formatted(file));
    }
    byte[] bare = Base64.getMimeDecoder().decode(pem.group(2));
    byte[] whole =
        form.equals("RSA")
            ? Der.sequence(Der.integer(BigInteger.ZERO), RSA, Der.octets(bare))
            : bare;
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(whole));
      } catch (GeneralSecurityException _) {
        // It may be of the next kind.
      }
    }
    throw new IOException(file + " holds no RSA, EC or Ed25519 key");
  }

  private static boolean fits(PrivateKey key, Certificate certificate)
      throws GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          case String other -> other;
        };
    if (!certificate.getPublicKey().getAlgorithm().equals(key.getAlgorithm())) {
      return false;
    }
    byte[] text = {1, 2, 3};
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(text);
    byte[] signed = signature.sign();
    signature.initVerify(certificate.getPublicKey());
    signature.update(text);
    return signature.verify(signed);
  }

  private static SSLContext made(String host) throws GeneralSecurityException {
    SecureRandom random = new SecureRandom();
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256, random);
    KeyPair keys = generator.generateKeyPair();
    // An hour back, for clocks that disagree.
    Instant from = Instant.now().minus(Duration.ofHours(1));
    byte[] name = new X500Principal("CN=" + host).getEncoded();
    byte[] content =
        Der.sequence(
            Der.tagged(0xa0, Der.integer(BigInteger.TWO)),
            Der.integer(new BigInteger(120, random).setBit(120)),
            ECDSA_WITH_SHA256,
            name,
            Der.sequence(Der.time(from), Der.time(from.plus(VALID))),
            name,
            keys.getPublic().getEncoded(),
            Der.tagged(
                0xa3,
                Der.sequence(
                    Der.sequence(
                        Der.objectId(2, 5, 29, 17),
                        Der.octets(
                            Der.sequence(
                                Der.tagged(0x82, host.getBytes(StandardCharsets.US_ASCII))))))));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(keys.getPrivate(), random);
    signature.update(content);
    byte[] whole = Der.sequence(content, ECDSA_WITH_SHA256, Der.bits(0, signature.sign()));
    Certificate certificate =
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(whole));
    return context(keys.getPrivate(), certificate);
  }

  private static SSLContext context(PrivateKey key, Certificate... chain)
      throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("JKS");
    try {
      store.load(null, NO_PASSWORD);
    } catch (IOException e) {
      throw new GeneralSecurityException(e);
    }
    store.setKeyEntry("server", key, NO_PASSWORD, chain);
    KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(store, NO_PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, new SecureRandom());
    return context;
  }
}
