package io.mailcanary.prober;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.canary.Cause;
import io.mailcanary.verdict.Mark;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarksTest {
  private static final Instant T = Instant.parse("2026-11-21T10:00:00.123456789Z");
  private static final List<CanaryState> STATES =
      List.of(
          new CanaryState.Pending(),
          CanaryState.Deferred.ON_THE_WAY,
          new CanaryState.Deferred(T.plusSeconds(9), true),
          new CanaryState.InTransit(true),
          new CanaryState.Delivered(),
          new CanaryState.Lost());

  private final Marks marks = new Marks();

  private static Mark mark(int number, CanaryState state, String words) {
    return new Mark(
        new CanaryId(number, -number),
        number % 3 == 0 ? "" : "mx" + number % 3,
        number % 2 == 0 ? "" : "site",
        T.plusSeconds(number),
        state,
        number % 5 == 0 ? Cause.GREYLIST : Cause.NONE,
        number % 4 == 0 ? null : Duration.ofNanos(number * 1_234_567L),
        number % 7,
        number % 11 == 0,
        List.of(),
        words);
  }

  /// Whatever comes in whatever order, it is what a sorted map would be.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void itIsAMapInTheOrderOfTheIds(long seed) {
    Random random = new Random(seed);
    TreeMap<CanaryId, Mark> expected = new TreeMap<>();
    for (int i = 0; i < 2_000; i++) {
      Mark mark =
          mark(
              Math.max(0, i / 4 - random.nextInt(60)),
              STATES.get(random.nextInt(STATES.size())),
              random.nextInt(3) == 0 ? "said " + random.nextInt(2) : "");
      assertThat(marks.put(mark)).isEqualTo(expected.put(mark.id(), mark) == null);
      if (expected.size() > 100) {
        expected.pollFirstEntry();
        marks.dropOldest();
      }
      assertThat(marks.size()).isEqualTo(expected.size());
      assertThat(marks.find(mark.id())).isEqualTo(Optional.ofNullable(expected.get(mark.id())));
      assertThat(marks.newest()).isEqualTo(expected.lastEntry().getValue());
    }
    assertThat(marks.all()).containsExactlyElementsOf(expected.values());
  }

  @Test
  void whatTheyShareStandsOnce() {
    marks.put(mark(6, new CanaryState.Delivered(), new String("taken back")));
    marks.put(mark(48, new CanaryState.Delivered(), new String("taken back")));
    assertThat(marks.all().getLast().words()).isSameAs(marks.all().getFirst().words());
  }

  @Test
  void nothingIsInAnEmptyOne() {
    assertThat(marks.isEmpty()).isTrue();
    assertThat(marks.all()).isEmpty();
    assertThat(marks.find(new CanaryId(1, 1))).isEmpty();
    assertThatThrownBy(marks::newest).isInstanceOf(IndexOutOfBoundsException.class);
    marks.put(mark(1, new CanaryState.Delivered(), ""));
    marks.dropOldest();
    assertThat(marks.isEmpty()).isTrue();
    assertThatThrownBy(marks::newest).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
