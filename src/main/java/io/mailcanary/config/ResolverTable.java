package io.mailcanary.config;

import io.mailcanary.path.Resolver;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/// `resolvers.NAME`
final class ResolverTable extends Table<Resolver> {
  private final Key.Sure<List<Optional<InetSocketAddress>>> servers =
      required(
          "servers",
          Kinds.listOf(AddressKinds.nameServer(), "a list of name servers such as [system]", 1),
          "Name servers that are asked in turn: `system` alone, or IP addresses with or without a"
              + " port (default 53). The resolver called `default` is used for all names of relays"
              + " and mailboxes.");

  ResolverTable() {
    super("the keys of a resolver");
  }

  @Override
  void check(Row row) {
    List<Optional<InetSocketAddress>> found = row.find(servers).orElse(List.of());
    if (found.size() > 1 && found.stream().anyMatch(Optional::isEmpty)) {
      row.fault(servers, "has 'system' beside others, expected it alone or addresses");
    }
  }

  @Override
  Resolver build(Row row) {
    return new Resolver(row.name(), row.get(servers).stream().flatMap(Optional::stream).toList());
  }
}
