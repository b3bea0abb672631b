package io.mailcanary.transport;

import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import java.util.List;
import java.util.Locale;

/// What can be wrong with a mail port's TLS. Each has a page of its own among the documents.
public enum TlsFault {
  CERTIFICATE_EXPIRED(
      "RFC 5280 §4.1.2.5",
      "Renew the certificate and reload the server; then find out why the renewal did not happen."),
  CERTIFICATE_EXPIRES_SOON(
      "RFC 5280 §4.1.2.5",
      "Renew the certificate and reload the server; where a renewed one is there already, the"
          + " server has not been reloaded."),
  CERTIFICATE_NOT_YET_VALID(
      "RFC 5280 §4.1.2.5",
      "Look at the clocks of the server and of the authority; install the certificate that is valid"
          + " now."),
  CERTIFICATE_NAME_MISMATCH(
      "RFC 9525 §6",
      "Install a certificate that has this name among its subjectAltNames, or use the name that it"
          + " is for."),
  CERTIFICATE_UNTRUSTED(
      "RFC 5280 §6.1",
      "Install a certificate of an authority that clients trust, or name the authority's file as"
          + " ca-file."),
  CERTIFICATE_CHAIN_INCOMPLETE(
      "RFC 8446 §4.4.2",
      "Send the intermediate certificates along: configure the full chain, not the server's"
          + " certificate alone."),
  CERTIFICATE_WEAK(
      "RFC 9325 §4.5",
      "Issue a certificate with an RSA key of 2048 bits or an EC key of 256 bits, signed with"
          + " SHA-256 or better."),
  CERTIFICATES_DIFFER(
      "RFC 5321 §5.1", "Look whether all servers behind the name have got the newest certificate."),
  STARTTLS_MISSING(
      "RFC 3207 §4.1", "Switch STARTTLS on, or look what between us and the server strips it."),
  TLS_HANDSHAKE_FAILED(
      "RFC 8446 §4",
      "Look at the server's log: its certificate's key, its protocol versions and its cipher"
          + " suites."),
  TLS_OLD_VERSION("RFC 8996 §4", "Switch TLS 1.0 and 1.1 off; offer TLS 1.2 and 1.3."),
  TLS_WEAK_CIPHER(
      "RFC 9325 §4.1",
      "Switch off what neither encrypts nor authenticates, and RC4, DES, 3DES and export suites.");

  private final String rfc;
  private final String advice;

  TlsFault(String rfc, String advice) {
    this.rfc = rfc;
    this.advice = advice;
  }

  /// As it stands in JSON and metrics; never renamed.
  public String tag() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public String rfc() {
    return rfc;
  }

  public String advice() {
    return advice;
  }

  Finding at(String name, String type, Severity severity, String message, List<String> evidence) {
    return new Finding(tag(), severity, name, type, message, rfc, evidence, advice);
  }
}
