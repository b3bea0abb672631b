package io.mailcanary.dns;

import io.mailcanary.dns.DnsAnswer.Records;
import io.mailcanary.dns.ZoneFacts.ServerView;
import io.mailcanary.mail.Finding;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Finds an alias beside other records, at one server, between servers, or in the order of
/// questions to a resolver.
final class AliasCheck {
  private AliasCheck() {}

  static void look(DomainFacts facts, List<Finding> found) {
    Set<DnsName> told = new LinkedHashSet<>();
    for (ZoneFacts zone : facts.zones()) {
      servers(zone, told, found);
    }
    if (!told.contains(facts.name())) {
      resolver(facts, found);
    }
  }

  private static void servers(ZoneFacts zone, Set<DnsName> told, List<Finding> found) {
    Map<DnsName, List<DnsAnswer>> aliases = new TreeMap<>();
    Map<DnsName, List<DnsAnswer>> others = new TreeMap<>();
    for (ServerView server : zone.servers()) {
      for (DnsAnswer answer : server.answers().values()) {
        DnsName name = answer.question().name();
        if (isAlias(answer)) {
          aliases.computeIfAbsent(name, _ -> new ArrayList<>()).add(answer);
        } else if (answer instanceof Records some
            && !some.isOpen()
            && some.question().type() != RecordType.CNAME) {
          others.computeIfAbsent(name, _ -> new ArrayList<>()).add(answer);
        }
      }
    }
    for (Map.Entry<DnsName, List<DnsAnswer>> entry : aliases.entrySet()) {
      DnsName name = entry.getKey();
      List<DnsAnswer> data = others.getOrDefault(name, List.of());
      if (!data.isEmpty()) {
        told.add(name);
        found.add(
            FindingKind.CNAME_CONFLICT.at(
                name,
                name.equals(zone.zone())
                    ? "the zone %s has an alias at its top".formatted(name)
                    : "%s is an alias and has other records beside".formatted(name),
                evidence(entry.getValue().getFirst(), data)));
      }
    }
  }

  private static boolean isAlias(DnsAnswer answer) {
    boolean asked = answer.question().type() == RecordType.CNAME && !answer.found().isEmpty();
    return asked
        || (!answer.aliases().isEmpty()
            && answer.aliases().getFirst().owner().equals(answer.question().name()));
  }

  /// What a resolver shows of it: data for one type, the alias for another.
  private static void resolver(DomainFacts facts, List<Finding> found) {
    DnsAnswer mx = facts.resolver().ask(facts.name(), RecordType.MX);
    DnsAnswer txt = facts.resolver().ask(facts.name(), RecordType.TXT);
    List<DnsAnswer> data =
        Stream.of(mx, txt).filter(a -> a.aliases().isEmpty() && !a.found().isEmpty()).toList();
    if (data.isEmpty() || Vantages.aliasAt(facts.resolver(), facts.name()).isEmpty()) {
      return;
    }
    DnsAnswer alias =
        Stream.of(RecordType.A, RecordType.AAAA)
            .map(type -> facts.resolver().ask(facts.name(), type))
            .filter(AliasCheck::isAlias)
            .findFirst()
            .orElseThrow();
    found.add(
        FindingKind.CNAME_CONFLICT.at(
            facts.name(),
            "%s is an alias and has other records beside: what a resolver sees depends on what it"
                    .formatted(facts.name())
                + " was asked first",
            evidence(alias, data)));
  }

  private static List<String> evidence(DnsAnswer alias, List<DnsAnswer> data) {
    return Stream.concat(Stream.of(alias), data.stream().limit(5))
        .map(DnsAnswer::sentence)
        .toList();
  }
}
