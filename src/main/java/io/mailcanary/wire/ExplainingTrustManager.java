package io.mailcanary.wire;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Decides as the JVM does, but says what is wrong in words that name the certificate.
final class ExplainingTrustManager extends X509ExtendedTrustManager {
  private static final int SHOWN = 300;

  private final X509ExtendedTrustManager judge;

  ExplainingTrustManager(X509ExtendedTrustManager judge) {
    this.judge = judge;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    try {
      judge.checkServerTrusted(chain, authType, socket);
    } catch (CertificateException e) {
      String host = "this host";
      if (socket instanceof SSLSocket tls) {
        SSLSession session = tls.getHandshakeSession();
        host = session == null ? host : session.getPeerHost();
      }
      throw new UntrustedException(Visible.text(words(chain, e, host), SHOWN), e);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    judge.checkServerTrusted(chain, authType, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    judge.checkServerTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    judge.checkClientTrusted(chain, authType, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    judge.checkClientTrusted(chain, authType, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    judge.checkClientTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return judge.getAcceptedIssuers();
  }

  private static String words(X509Certificate[] chain, CertificateException thrown, String host) {
    for (X509Certificate certificate : chain) {
      String whose = certificate.equals(chain[0]) ? names(certificate) : subject(certificate);
      try {
        certificate.checkValidity();
      } catch (CertificateExpiredException _) {
        return "the certificate for %s has been expired since %s"
            .formatted(whose, certificate.getNotAfter().toInstant());
      } catch (CertificateNotYetValidException _) {
        return "the certificate for %s is not valid before %s"
            .formatted(whose, certificate.getNotBefore().toInstant());
      }
    }
    X509Certificate leaf = chain[0];
    String message = deepest(thrown);
    if (message.startsWith("No ") && message.contains("matching")) {
      return "the certificate is for %s, not for %s".formatted(names(leaf), host);
    }
    if (message.contains("unable to find valid certification path")) {
      return leaf.getSubjectX500Principal().equals(leaf.getIssuerX500Principal())
          ? "the certificate for %s is self-signed and not trusted".formatted(names(leaf))
          : "the certificate for %s comes from an unknown issuer: %s"
              .formatted(names(leaf), chain[chain.length - 1].getIssuerX500Principal().getName());
    }
    return "the certificate for %s is not trusted: %s".formatted(names(leaf), message);
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

  private static String names(X509Certificate certificate) {
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      if (alternatives != null && !alternatives.isEmpty()) {
        return alternatives.stream()
            .map(entry -> entry.get(1))
            .filter(String.class::isInstance)
            .map(Objects::toString)
            .limit(8)
            .collect(Collectors.joining(", "));
      }
    } catch (CertificateParsingException _) {
      // Then its subject has to do.
    }
    return subject(certificate);
  }

  private static String subject(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().getName();
  }
}
