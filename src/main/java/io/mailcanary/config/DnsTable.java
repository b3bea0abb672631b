package io.mailcanary.config;

import io.mailcanary.mail.DomainName;
import io.mailcanary.runtime.DnsSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// `dns`
final class DnsTable extends Table<DnsSettings> {
  private final Key.Sure<Duration> every =
      key(
          "every",
          Kinds.duration(Duration.ofSeconds(1), Duration.ofDays(1)),
          DnsSettings.DEFAULT.every(),
          "How often the records are asked for that mail needs.");
  private final Key.Sure<Duration> sweep =
      key(
          "sweep",
          Kinds.duration(Duration.ofSeconds(1), Duration.ofDays(7)),
          DnsSettings.DEFAULT.sweep(),
          "How often everything else is; also at once when the serial of a zone changes.");
  private final Key.Sure<List<DomainName>> watch =
      key(
          "watch",
          Kinds.listOf(AddressKinds.domain(), "a list of domain names", 0),
          List.of(),
          "Names to watch beside those that follow from the paths.");
  private final Key.Sure<Integer> port =
      key(
          "port",
          Kinds.port(),
          DnsSettings.DEFAULT.port(),
          "The port of authoritative name servers; another than 53 is for laboratories.");
  private final Key.Sure<List<String>> publicNetworks =
      key(
          "public-networks",
          Kinds.listOf(AddressKinds.network(), "a list of networks such as [10.0.0.0/8]", 0),
          List.of(),
          "Private or loopback networks that count as routable here: an MX there is no fault.");

  private final Key.Sure<List<DomainName>> ignore =
      key(
          "ignore",
          Kinds.listOf(AddressKinds.domain(), "a list of domain names", 0),
          List.of(),
          "Domains that no DNS knows, such as internal ones: they and all below are not asked for.");

  private final Key.Sure<Optional<URI>> rdap =
      key(
          "rdap",
          AddressKinds.urlOrOff(),
          DnsSettings.DEFAULT.rdap(),
          "The list of registries that are asked once a day when a domain's registration ends; off: none is.");

  DnsTable() {
    super("the keys of dns: every, sweep, watch, port, public-networks, ignore, rdap");
  }

  @Override
  void check(Row row) {
    Duration often = row.find(every).orElse(Duration.ZERO);
    if (row.find(sweep).filter(seldom -> seldom.compareTo(often) < 0).isPresent()) {
      row.fault(
          sweep, "is shorter than every, expected %s at least".formatted(Units.duration(often)));
    }
  }

  @Override
  DnsSettings build(Row row) {
    return new DnsSettings(
        row.get(every),
        row.get(sweep),
        row.get(watch),
        row.get(port),
        row.get(publicNetworks),
        row.get(ignore),
        row.get(rdap));
  }
}
