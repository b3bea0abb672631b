package io.mailcanary.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RemovalsTest {
  private static final long SECOND = 1_000_000_000L;

  private final Removals removals = new Removals(Duration.ofMinutes(2));

  private static List<MessageKey> keys(int first, int count) {
    return IntStream.range(first, first + count)
        .mapToObj(i -> new MessageKey("INBOX", "7." + i))
        .toList();
  }

  @Test
  void nothingIsDueWhereNothingWaits() {
    assertThat(removals.due(0)).isFalse();
    assertThat(removals.dueIn(0)).isEqualTo(Long.MAX_VALUE);
    assertThat(removals.take(10)).isEmpty();
  }

  @Test
  void fewWaitForOthersButNotForEver() {
    removals.add(keys(0, 3), 0);
    assertThat(removals.due(119 * SECOND)).isFalse();
    assertThat(removals.dueIn(119 * SECOND)).isEqualTo(SECOND);
    assertThat(removals.due(120 * SECOND)).isTrue();
  }

  @Test
  void aBundleIsDueAtOnceAndNamesEachMessageOnce() {
    removals.add(keys(0, 15), 0);
    removals.add(keys(10, 10), 0);
    assertThat(removals.due(0)).isTrue();
    assertThat(removals.take(100).get("INBOX")).hasSize(20).startsWith("7.0");
    assertThat(removals.due(500 * SECOND)).isFalse();
  }

  @Test
  void aControlMessageDoesNotWait() {
    removals.addUrgent(new MessageKey("INBOX", "7.1"), 0);
    assertThat(removals.dueIn(0)).isZero();
  }

  @Test
  void theOldestAreForgottenBeforeTheyBecomeTooMany() {
    removals.add(keys(0, 50_000), 0);
    assertThat(removals.take(Integer.MAX_VALUE).get("INBOX")).hasSize(20_000).endsWith("7.49999");
  }
}
