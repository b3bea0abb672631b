package io.mailcanary.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeapTest {
  @ParameterizedTest(name = "{0} MiB used, {1} lived, to grow to {2} times that: {3}")
  @CsvSource({
    "20, 5, 1.35, false",
    "31, 0, 1.35, false",
    "33, 5, 1.35, true",
    "74, 55, 1.35, false",
    "75, 55, 1.35, true",
    "400, 300, 1.35, false",
    "119, 100, 1.2, false",
    "121, 100, 1.2, true"
  })
  void oldGarbageIsLetGrowToAMultiple(long used, long lived, double growth, boolean collected) {
    assertThat(Heap.hasGrown(used << 20, lived << 20, growth)).isEqualTo(collected);
  }

  @Test
  void isTendedWithTheCollectorsThatWeStartWith() {
    assertThat(Heap.tending(InstantSource.system())).isPresent();
  }

  @ParameterizedTest(name = "{0} ms into a second: in {1} ms")
  @CsvSource({"0, 150", "149, 1", "150, 0", "699, 0", "700, 450", "999, 151"})
  void collectedIsBetweenTwoSlots(int millis, int wait) {
    Instant now = Instant.parse("2026-11-22T16:00:07Z").plusMillis(millis);
    assertThat(Heap.untilBetweenSlots(now)).hasMillis(wait);
    assertThat(Heap.isBetweenSlots(now)).isEqualTo(wait == 0);
  }

  @Test
  void whatHoldsUpAllThreadsWaitsUntilThen() throws Exception {
    Instant late = Instant.parse("2026-11-22T16:00:07.999Z");
    CompletableFuture<Long> begun = new CompletableFuture<>();
    try (ScheduledExecutorService agenda = Executors.newSingleThreadScheduledExecutor()) {
      long asked = System.nanoTime();
      Heap.betweenSlots(() -> late, agenda, () -> begun.complete(System.nanoTime())).run();

      assertThat(begun.get() - asked).isGreaterThanOrEqualTo(Duration.ofMillis(151).toNanos());
    }
  }
}
