package io.mailcanary.wire;

import java.io.Serial;
import java.security.cert.CertificateException;

/// A certificate that we do not believe, and why, in words.
final class UntrustedException extends CertificateException {
  @Serial private static final long serialVersionUID = 1L;

  UntrustedException(String words, CertificateException cause) {
    super(words, cause);
  }
}
