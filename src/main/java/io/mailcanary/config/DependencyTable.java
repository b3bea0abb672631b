package io.mailcanary.config;

import io.mailcanary.dns.RelayKind;
import io.mailcanary.mail.DomainName;
import io.mailcanary.path.Dependency;
import io.mailcanary.path.Resolver;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// `paths.NAME.depends-on[]`
final class DependencyTable extends Table<Dependency> {
  private static final Pattern TYPE = Pattern.compile(String.join("|", Dependency.TYPES));

  private final Key.Sure<DomainName> name =
      required("name", AddressKinds.domain(), "The name that a hop looks up.");
  private final Key.Sure<String> type =
      key(
          "type",
          Kinds.matching("one of " + String.join(", ", Dependency.TYPES), TYPE, "no record type"),
          "A",
          "The record type that it asks for.");
  private final Key.Maybe<String> resolver =
      derived(
          "resolver",
          Kinds.reference(Section.RESOLVERS, Set.of()),
          "the resolver called default",
          "The resolver that the hop asks.");
  private final Key.Sure<List<String>> expect =
      key(
          "expect",
          Kinds.listOf(Kinds.line("a record's data", 500), "a list of record data", 0),
          List.of(),
          "The data that must be there, such as an address; none: any.");

  private final Key.Maybe<RelayKind> relay =
      optional(
          "relay",
          Kinds.oneOf(RelayKind.class),
          "What kind of relay hands mail to that name, and how it is named there: what it does when the name is gone is said before.");

  DependencyTable() {
    super("the keys of a name that a hop depends on: name, type, resolver, expect, relay");
  }

  @Override
  Dependency build(Row row) {
    return new Dependency(
        row.get(name),
        row.get(type),
        row.find(resolver).orElse(Resolver.DEFAULT),
        row.get(expect),
        row.find(relay).map(RelayKind::tag));
  }
}
