package io.mailcanary.watch;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.Question;
import io.mailcanary.dns.RecordType;
import io.mailcanary.resolver.Look;
import java.util.Collection;
import java.util.Optional;

/// Whether a resolver can be believed at all: one that knows neither the root nor any of some zones
/// says nothing about a domain.
final class ResolverSight {
  private static final int MOST_ZONES = 3;

  private ResolverSight() {}

  /// @param zones asked for when the root is refused, as some resolvers do
  /// @return why it is blind, or nothing
  static Optional<String> trouble(Sources sources, String resolver, Collection<DnsName> zones) {
    DnsAnswer root =
        sources.ask(resolver, new Question(DnsName.ROOT, RecordType.NS), Look.VALIDATING);
    if (root instanceof DnsAnswer.Answered) {
      return Optional.empty();
    }
    return zones.stream()
            .limit(root instanceof DnsAnswer.Timeout ? 1 : MOST_ZONES)
            .map(apex -> sources.ask(resolver, new Question(apex, RecordType.SOA), Look.VALIDATING))
            .anyMatch(DnsAnswer.Answered.class::isInstance)
        ? Optional.empty()
        : Optional.of(root.sentence());
  }
}
