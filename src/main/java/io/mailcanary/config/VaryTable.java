package io.mailcanary.config;

import io.mailcanary.mail.EmailAddress;
import io.mailcanary.path.Family;
import io.mailcanary.path.Vary;
import java.util.List;
import java.util.Set;

/// `paths.NAME.vary`
final class VaryTable extends Table<Vary> {
  /// More would take turns too slowly to tell anything.
  static final int MOST = 64;

  final Key.Sure<List<Long>> size =
      key(
          "size",
          Kinds.listOf(PathTables.messageSize(), "a list of sizes such as [4KB, 8MB]", 1),
          List.of(),
          "Sizes of the whole message, instead of `message.size`.");
  private final Key.Sure<List<String>> via =
      key(
          "via",
          Kinds.listOf(
              Kinds.reference(Section.RELAYS, PathTable.VIA_RESERVED), "a list of relays", 1),
          List.of(),
          "Relays, instead of `via`.");
  private final Key.Sure<List<EmailAddress>> from =
      key(
          "from",
          Kinds.listOf(AddressKinds.emailAddress(), "a list of senders", 1),
          List.of(),
          "Senders, instead of `from`.");
  private final Key.Sure<List<Family>> family =
      key(
          "family",
          Kinds.listOf(
              Kinds.oneOf(Family.class, Set.of(), Set.of(Family.ANY)), "a list of families", 1),
          List.of(),
          "Address families of the servers that we hand over to.");

  VaryTable() {
    super("the keys of what differs");
  }

  @Override
  void check(Row row) {
    long combinations =
        (long) row.find(size).map(List::size).map(VaryTable::atLeastOne).orElse(1)
            * row.find(via).map(List::size).map(VaryTable::atLeastOne).orElse(1)
            * row.find(from).map(List::size).map(VaryTable::atLeastOne).orElse(1)
            * row.find(family).map(List::size).map(VaryTable::atLeastOne).orElse(1);
    if (combinations > MOST) {
      row.fault(
          "makes %d combinations, expected %d at most: they take turns"
              .formatted(combinations, MOST));
    }
  }

  private static int atLeastOne(int count) {
    return Math.max(1, count);
  }

  @Override
  Vary build(Row row) {
    return new Vary(row.get(size), row.get(via), row.get(from), row.get(family));
  }
}
