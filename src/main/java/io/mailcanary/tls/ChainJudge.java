package io.mailcanary.tls;

import io.mailcanary.path.Tls;
import io.mailcanary.wire.Trust;
import io.mailcanary.wire.WireException;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.CertificateParsingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Says whether a path leads from a served chain to an authority whom we believe.
///
/// Dates are left out of account, so that an expired certificate of an unknown issuer is told as
/// both: the path is judged as of a time at which all certificates of the chain were valid.
final class ChainJudge {
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String ANY_USE = "2.5.29.37.0";

  private final Trust trust;

  ChainJudge(Trust trust) {
    this.trust = trust;
  }

  /// @return what is wrong; empty where nothing is, or where anybody is believed
  Optional<String> objection(List<X509Certificate> chain, Tls tls, Instant now) {
    if (!tls.verify()) {
      return Optional.empty();
    }
    X509Certificate leaf = chain.getFirst();
    if (!isForServers(leaf)) {
      return Optional.of("it is not for servers: its extended key usage says so");
    }
    try {
      List<X509Certificate> anchors = trust.anchors(tls);
      if (anchors.contains(leaf)) {
        return Optional.empty();
      }
      build(chain, anchors, asOf(chain, now));
      return Optional.empty();
    } catch (WireException e) {
      return Optional.of(e.words());
    } catch (CertPathBuilderException e) {
      return Optional.of(deepest(e));
    } catch (GeneralSecurityException e) {
      return Optional.of("it cannot be judged: " + e.getMessage());
    }
  }

  private static void build(
      List<X509Certificate> chain, List<X509Certificate> anchors, Instant asOf)
      throws GeneralSecurityException {
    Set<TrustAnchor> trusted =
        anchors.stream().map(one -> new TrustAnchor(one, null)).collect(Collectors.toSet());
    X509CertSelector leaf = new X509CertSelector();
    leaf.setCertificate(chain.getFirst());
    PKIXBuilderParameters parameters = new PKIXBuilderParameters(trusted, leaf);
    parameters.addCertStore(
        CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(asOf));
    CertPathBuilder.getInstance("PKIX").build(parameters);
  }

  private static Instant asOf(List<X509Certificate> chain, Instant now) {
    Instant asOf = now;
    for (X509Certificate one : chain) {
      Instant last = one.getNotAfter().toInstant().minusSeconds(1);
      asOf = last.isBefore(asOf) ? last : asOf;
    }
    for (X509Certificate one : chain) {
      Instant first = one.getNotBefore().toInstant();
      asOf = first.isAfter(asOf) ? first : asOf;
    }
    return asOf;
  }

  private static boolean isForServers(X509Certificate leaf) {
    try {
      List<String> uses = leaf.getExtendedKeyUsage();
      return uses == null || uses.contains(SERVER_AUTH) || uses.contains(ANY_USE);
    } catch (CertificateParsingException _) {
      return false;
    }
  }

  private static String deepest(Throwable thrown) {
    Throwable last = thrown;
    for (int i = 0; i < 10; i++) {
      @Nullable Throwable cause = last.getCause();
      if (cause == null) {
        break;
      }
      last = cause;
    }
    return String.valueOf(last.getMessage());
  }
}
