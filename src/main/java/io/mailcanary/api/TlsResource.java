package io.mailcanary.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mailcanary.transport.PortLook;
import io.mailcanary.transport.ServedCertificate;
import io.mailcanary.transport.TlsVersion;
import io.mailcanary.watch.TlsWatch;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A mail port's TLS in JSON, as it was seen last.
///
/// @param host the name that its certificate must be for
/// @param usedBy who talks to it, such as `relay campus-out`
/// @param findings what is wrong with it
@JsonInclude(JsonInclude.Include.ALWAYS)
public record TlsResource(
    String host,
    int port,
    String protocol,
    List<String> usedBy,
    List<Address> addresses,
    List<FindingResource> findings) {

  /// The ports of a path.
  public record Ports(List<TlsResource> ports) {}

  /// What one address showed.
  ///
  /// @param at when
  /// @param state `served`; `plain`: no STARTTLS; `failed`: no handshake; `unknown`: not reached
  /// @param reason why there was no TLS, or why its certificate is not trusted
  /// @param version the one that was agreed on
  /// @param versions all that it would speak
  /// @param weakCiphers cipher suites that it would use and should not
  /// @param chain its own certificate first
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Address(
      String address,
      String at,
      String state,
      @Nullable String reason,
      @Nullable String version,
      @Nullable String cipher,
      List<String> versions,
      List<String> weakCiphers,
      List<Certificate> chain) {}

  /// One certificate.
  ///
  /// @param sha256 of all of it, in hexadecimal digits
  public record Certificate(
      String subject,
      String issuer,
      List<String> names,
      String notBefore,
      String notAfter,
      String key,
      String signature,
      String sha256) {}

  public static TlsResource of(TlsWatch.PortView view) {
    return new TlsResource(
        view.port().host(),
        view.port().port(),
        view.port().speech().name().toLowerCase(Locale.ROOT),
        view.port().usedBy(),
        view.seen().stream().map(TlsResource::address).toList(),
        view.findings().stream().map(FindingResource::of).toList());
  }

  private static Address address(TlsWatch.Seen seen) {
    String address = seen.look().address();
    String at = seen.at().toString();
    return switch (seen.look()) {
      case PortLook.Unknown(_, String why) -> without(address, at, "unknown", why, Set.of());
      case PortLook.Plain(_, String said) -> without(address, at, "plain", said, Set.of());
      case PortLook.Failed failed ->
          without(address, at, "failed", failed.why(), failed.versions());
      case PortLook.Served served ->
          new Address(
              address,
              at,
              "served",
              served.untrusted().orElse(null),
              served.version(),
              served.cipher(),
              words(served.versions()),
              served.weak(),
              served.chain().stream().map(TlsResource::certificate).toList());
    };
  }

  private static Address without(
      String address, String at, String state, String reason, Set<TlsVersion> versions) {
    return new Address(
        address, at, state, reason, null, null, words(versions), List.of(), List.of());
  }

  private static List<String> words(Set<TlsVersion> versions) {
    return versions.stream().sorted().map(TlsVersion::toString).toList();
  }

  private static Certificate certificate(ServedCertificate one) {
    return new Certificate(
        one.subject(),
        one.issuer(),
        one.names(),
        one.notBefore().toString(),
        one.notAfter().toString(),
        "%s %d".formatted(one.keyAlgorithm(), one.keyBits()),
        one.signatureAlgorithm(),
        one.fingerprint());
  }
}
