package io.mailcanary.transport;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// One certificate of a chain as a server shows it.
///
/// @param subject its distinguished name (RFC 4514)
/// @param names the DNS names and IP addresses that it is for; of its subject where it names none
/// @param keyAlgorithm such as `RSA` or `EC`
/// @param keyBits 0 where that is not known
/// @param signatureAlgorithm such as `SHA256withRSA`
/// @param saysWhoIssuedIt whether it says where its issuer's certificate is to be had, as those of
///   public authorities do (RFC 5280 §4.2.2.1)
/// @param der all of it, in hexadecimal digits
/// @param keyDer its public key (SubjectPublicKeyInfo), in hexadecimal digits
public record ServedCertificate(
    String subject,
    String issuer,
    List<String> names,
    Instant notBefore,
    Instant notAfter,
    String keyAlgorithm,
    int keyBits,
    String signatureAlgorithm,
    boolean saysWhoIssuedIt,
    String der,
    String keyDer) {

  public ServedCertificate {
    names = List.copyOf(names);
  }

  /// SHA-256 of all of it, in hexadecimal digits.
  public String fingerprint() {
    return digest("SHA-256", der);
  }

  public boolean isSelfIssued() {
    return subject.equals(issuer);
  }

  /// Whether a host may show it (RFC 9525 §6.3): a `*` stands for one whole label, the first.
  public boolean isFor(String host) {
    String wanted = normal(host);
    return names.stream().map(ServedCertificate::normal).anyMatch(name -> matches(name, wanted));
  }

  /// What a TLSA record with this selector and matching type would hold (RFC 6698 §2.1); nothing
  /// for values that nobody knows.
  public Optional<String> association(int selector, int matching) {
    if (selector < 0 || selector > 1) {
      return Optional.empty();
    }
    String data = selector == 0 ? der : keyDer;
    return switch (matching) {
      case 0 -> Optional.of(data);
      case 1 -> Optional.of(digest("SHA-256", data));
      case 2 -> Optional.of(digest("SHA-512", data));
      default -> Optional.empty();
    };
  }

  private static boolean matches(String name, String host) {
    if (!name.startsWith("*.")) {
      return name.equals(host);
    }
    int dot = host.indexOf('.');
    return dot > 0 && host.substring(dot).equals(name.substring(1));
  }

  private static String normal(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  private static String digest(String algorithm, String hex) {
    try {
      byte[] digest = MessageDigest.getInstance(algorithm).digest(HexFormat.of().parseHex(hex));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has it", e);
    }
  }
}
