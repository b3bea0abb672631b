package io.mailcanary.transport;

import java.util.List;

/// A mail port that takes part in paths.
///
/// @param host a name or an address; the name is the one that its certificate must be for
/// @param mode how a connection gets its TLS here
/// @param verified whether the probe files ask for a certificate that we can verify; otherwise a
///   certificate that is wrong hurts nobody
/// @param usedBy who talks to it, such as `relay campus-out`
public record MailPort(
    String host, int port, Speech speech, Mode mode, boolean verified, List<String> usedBy) {

  public MailPort {
    usedBy = List.copyOf(usedBy);
  }

  public enum Speech {
    SMTP,
    LMTP,
    IMAP,
    POP3
  }

  public enum Mode {
    /// TLS from the first byte.
    IMPLICIT,
    /// STARTTLS, without which nobody talks to it.
    REQUIRED,
    /// STARTTLS where it is offered.
    OFFERED
  }

  /// As it stands in findings and metrics.
  public String name() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
