package io.mailcanary.watch;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.Question;
import io.mailcanary.dns.ZoneFacts;
import io.mailcanary.resolver.Look;
import io.mailcanary.resolver.Zone;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Whom the conductor asks. What it is given is the network; in simulations it is none.
public interface Sources {
  /// The zone in which the records of a name stand; empty when nobody knows.
  Optional<Zone> zoneOf(DnsName name);

  Optional<ZoneFacts.Delegation> delegation(DnsName zone);

  /// The zone with the servers that it or its parent names.
  Zone zone(DnsName apex, Optional<ZoneFacts.Delegation> delegation);

  /// Asks one authoritative server.
  ///
  /// @param tcp whether to try TCP as well
  ZoneFacts.ServerView ask(
      DnsName zone, Zone.Server server, Collection<Question> questions, boolean tcp);

  /// Asks one authoritative server one question.
  DnsAnswer ask(Zone.Server server, Question question);

  /// Asks one of the resolvers of the probe files.
  DnsAnswer ask(String resolver, Question question, Look look);

  /// The names of the resolvers, the default first.
  List<String> resolvers();

  /// A resolver as people know it.
  String label(String resolver);
}
