package io.mailcanary.runtime;

import io.mailcanary.mail.DomainName;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The `dns` section of the probe files.
///
/// @param every how often the records are asked for that mail needs
/// @param sweep how often everything else is
/// @param watch further names
/// @param port of authoritative servers
/// @param publicNetworks private or loopback networks that count as routable here
/// @param ignore domains that no DNS knows, such as internal ones; they and what is below them are
///   not asked for
/// @param rdap where it stands which registry has which domains; empty: none is asked
public record DnsSettings(
    Duration every,
    Duration sweep,
    List<DomainName> watch,
    int port,
    List<String> publicNetworks,
    List<DomainName> ignore,
    Optional<URI> rdap) {

  /// IANA's list of registries (RFC 9224).
  public static final URI REGISTRIES = URI.create("https://data.iana.org/rdap/dns.json");

  /// What holds where the section is left out.
  public static final DnsSettings DEFAULT =
      new DnsSettings(Duration.ofSeconds(60), Duration.ofMinutes(5), List.of(), 53, List.of());

  public DnsSettings {
    watch = List.copyOf(watch);
    publicNetworks = List.copyOf(publicNetworks);
    ignore = List.copyOf(ignore);
  }

  /// Where all names are asked for.
  public DnsSettings(
      Duration every,
      Duration sweep,
      List<DomainName> watch,
      int port,
      List<String> publicNetworks) {
    this(every, sweep, watch, port, publicNetworks, List.of(), Optional.of(REGISTRIES));
  }

  /// Whether a name is at or below one that is not asked for.
  public boolean ignores(DomainName name) {
    return ignore.stream()
        .anyMatch(one -> name.equals(one) || name.name().endsWith("." + one.name()));
  }
}
