package io.mailcanary.transport;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What one look at one address of a mail port showed.
public sealed interface PortLook {
  /// The IP address.
  String address();

  /// Nothing was learned of its TLS: no connection, silence, no mail server, or one that would not
  /// talk to us.
  record Unknown(String address, String why) implements PortLook {}

  /// It talked to us and does not offer STARTTLS.
  ///
  /// @param said its answer, word for word
  record Plain(String address, String said) implements PortLook {}

  /// TLS is offered, and no handshake came about.
  ///
  /// @param versions those that it would speak; empty where it speaks none
  record Failed(String address, String why, Set<TlsVersion> versions) implements PortLook {
    public Failed {
      versions = sorted(versions);
    }
  }

  /// TLS came about.
  ///
  /// @param version the one that was agreed on
  /// @param cipher the cipher suite that was agreed on
  /// @param chain as served, the server's own certificate first
  /// @param untrusted why no path leads from it to somebody we trust, dates and name left out of
  ///   account; empty where one does
  /// @param versions those that it would speak
  /// @param weak cipher suites that it would use and should not, where it was asked for them
  record Served(
      String address,
      String version,
      String cipher,
      List<ServedCertificate> chain,
      Optional<String> untrusted,
      Set<TlsVersion> versions,
      List<String> weak)
      implements PortLook {
    public Served {
      chain = List.copyOf(chain);
      versions = sorted(versions);
      weak = List.copyOf(weak);
    }

    /// The server's own certificate.
    public ServedCertificate certificate() {
      return chain.getFirst();
    }
  }

  private static Set<TlsVersion> sorted(Set<TlsVersion> versions) {
    EnumSet<TlsVersion> copy = EnumSet.noneOf(TlsVersion.class);
    copy.addAll(versions);
    return java.util.Collections.unmodifiableSet(copy);
  }
}
