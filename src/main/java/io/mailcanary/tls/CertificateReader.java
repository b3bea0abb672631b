package io.mailcanary.tls;

import io.mailcanary.transport.ServedCertificate;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.DSAPublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/// Takes what is worth knowing out of a certificate.
final class CertificateReader {
  private static final String AUTHORITY_INFORMATION = "1.3.6.1.5.5.7.1.1";
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;
  private static final int MOST_NAMES = 1_000;
  private static final int ED25519_BITS = 256;
  private static final int ED448_BITS = 456;

  private CertificateReader() {}

  /// @throws CertificateEncodingException when it has no DER form
  static ServedCertificate read(X509Certificate certificate) throws CertificateEncodingException {
    HexFormat hex = HexFormat.of();
    PublicKey key = certificate.getPublicKey();
    return new ServedCertificate(
        certificate.getSubjectX500Principal().getName(),
        certificate.getIssuerX500Principal().getName(),
        names(certificate),
        certificate.getNotBefore().toInstant(),
        certificate.getNotAfter().toInstant(),
        key.getAlgorithm(),
        bits(key),
        certificate.getSigAlgName(),
        certificate.getExtensionValue(AUTHORITY_INFORMATION) != null,
        hex.formatHex(certificate.getEncoded()),
        hex.formatHex(key.getEncoded()));
  }

  private static List<String> names(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    boolean dns = false;
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      for (List<?> entry : alternatives == null ? List.<List<?>>of() : alternatives) {
        int type = entry.getFirst() instanceof Integer number ? number : -1;
        if ((type == DNS_NAME || type == IP_ADDRESS)
            && entry.get(1) instanceof String name
            && names.size() < MOST_NAMES) {
          names.add(name);
          dns = dns || type == DNS_NAME;
        }
      }
    } catch (CertificateParsingException _) {
      // Then its subject has to do.
    }
    if (!dns) {
      // As the JVM does, for certificates from before there were alternative names.
      commonName(certificate).filter(name -> !names.contains(name)).ifPresent(names::add);
    }
    return names;
  }

  private static Optional<String> commonName(X509Certificate certificate) {
    try {
      return new LdapName(certificate.getSubjectX500Principal().getName())
          .getRdns().stream()
              .filter(rdn -> rdn.getType().equalsIgnoreCase("CN"))
              .map(Rdn::getValue)
              .filter(String.class::isInstance)
              .map(String.class::cast)
              .findFirst();
    } catch (InvalidNameException _) {
      return Optional.empty();
    }
  }

  private static int bits(PublicKey key) {
    return switch (key) {
      case RSAKey rsa -> rsa.getModulus().bitLength();
      case ECPublicKey ec -> ec.getParams().getOrder().bitLength();
      case DSAPublicKey dsa when dsa.getParams() != null -> dsa.getParams().getP().bitLength();
      case EdECPublicKey ed -> ed.getParams().getName().equals("Ed448") ? ED448_BITS : ED25519_BITS;
      default -> 0;
    };
  }
}
