package io.mailcanary.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WatchersTest {
  private static final List<String> MAILBOXES =
      IntStream.range(0, 3000).mapToObj(number -> "mailbox-" + number).toList();

  @Test
  void allMembersAgree() {
    for (String mailbox : MAILBOXES) {
      assertThat(Watchers.chooses(mailbox, members("a", "b", "c")))
          .isEqualTo(Watchers.chooses(mailbox, members("c", "a", "b")))
          .isEqualTo(Watchers.chooses(mailbox, members("b", "c", "a")));
    }
  }

  @Test
  void exactlyOneSaysItsOwn() {
    assertThat(
            Watchers.isOurs("seed", members("a", "b")) ^ Watchers.isOurs("seed", members("b", "a")))
        .isTrue();
  }

  @Test
  void whoIsAloneWatchesAll() {
    assertThat(MAILBOXES).allMatch(mailbox -> Watchers.isOurs(mailbox, members("a")));
  }

  @Test
  void whenAMemberLeavesOnlyItsMailboxesMove() {
    for (String mailbox : MAILBOXES) {
      String before = Watchers.chooses(mailbox, members("a", "b", "c", "d"));
      String after = Watchers.chooses(mailbox, members("a", "b", "c"));
      if (!before.equals("d")) {
        assertThat(after).isEqualTo(before);
      }
    }
  }

  @Test
  void whatALeavingMemberHadIsShared() {
    Map<String, Long> heirs =
        MAILBOXES.stream()
            .filter(mailbox -> Watchers.chooses(mailbox, members("a", "b", "c", "d")).equals("d"))
            .collect(
                Collectors.groupingBy(
                    mailbox -> Watchers.chooses(mailbox, members("a", "b", "c")),
                    Collectors.counting()));

    assertThat(heirs).hasSize(3).allSatisfy((_, count) -> assertThat(count).isBetween(180L, 320L));
  }

  @Test
  void membersHaveEqualShares() {
    Map<String, Long> shares =
        MAILBOXES.stream()
            .collect(
                Collectors.groupingBy(
                    mailbox -> Watchers.chooses(mailbox, members("host-1", "host-2", "host-3")),
                    Collectors.counting()));

    assertThat(shares)
        .hasSize(3)
        .allSatisfy((_, count) -> assertThat(count).isBetween(900L, 1100L));
  }

  private static Members members(String self, String... others) {
    List<String> all = new java.util.ArrayList<>(List.of(others));
    all.add(self);
    return new Members(self, all, Instant.EPOCH);
  }
}
