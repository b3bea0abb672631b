package io.mailcanary.runtime;

import io.mailcanary.mail.DomainName;
import java.time.Duration;
import java.util.List;

/// The `dns` section of the probe files.
///
/// @param every how often the records are asked for that mail needs
/// @param sweep how often everything else is
/// @param watch further names
/// @param port of authoritative servers
/// @param publicNetworks private or loopback networks that count as routable here
public record DnsSettings(
    Duration every, Duration sweep, List<DomainName> watch, int port, List<String> publicNetworks) {

  /// What holds where the section is left out.
  public static final DnsSettings DEFAULT =
      new DnsSettings(Duration.ofSeconds(60), Duration.ofMinutes(5), List.of(), 53, List.of());

  public DnsSettings {
    watch = List.copyOf(watch);
    publicNetworks = List.copyOf(publicNetworks);
  }
}
