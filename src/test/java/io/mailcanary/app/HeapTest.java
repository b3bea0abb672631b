package io.mailcanary.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeapTest {
  @ParameterizedTest(name = "{0} MiB used, {1} lived: {2}")
  @CsvSource({
    "20, 5, false",
    "31, 0, false",
    "33, 5, true",
    "74, 55, false",
    "75, 55, true",
    "400, 300, false"
  })
  void oldGarbageIsLetGrowByAThird(long used, long lived, boolean collected) {
    assertThat(Heap.hasGrown(used << 20, lived << 20)).isEqualTo(collected);
  }

  @ParameterizedTest(name = "{0} ms into a second: {1}")
  @CsvSource({"0, false", "149, false", "150, true", "699, true", "700, false", "999, false"})
  void collectedIsBetweenTwoSlots(int millis, boolean timely) {
    Instant second = Instant.parse("2026-11-22T16:00:07Z");
    assertThat(Heap.isBetweenSlots(second.plusMillis(millis))).isEqualTo(timely);
  }
}
