package io.mailcanary.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.CanaryId;
import io.mailcanary.store.CanaryMark;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The past of a path in cells.
class CellsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:30Z");
  private static final Duration WITHIN = Duration.ofSeconds(10);

  private static CanaryMark mark(
      String ago, String state, @Nullable Duration latency, int attempts) {
    Instant start = NOW.minus(Duration.parse(ago));
    return new CanaryMark(
        CanaryId.floor(start),
        start,
        state,
        latency,
        WITHIN,
        attempts,
        latency == null ? 0 : 1,
        false);
  }

  @ParameterizedTest(name = "{0} after {1} s at attempt {2} is {3}")
  @CsvSource({
    "delivered, 1, 1, OK",
    "delivered, 11, 1, DEGRADED",
    "delivered, 11, 2, DEFERRING",
    "delivered-late, 300, 1, DEFERRING",
    "misfiled, 1, 1, DEGRADED",
    "deferred, , 1, DEFERRING",
    "overdue, , 1, MISSING",
    "lost, , 1, FAILING",
    "bounced, , 1, FAILING",
    "rejected, , 1, FAILING",
    "unobservable, , 1, BLIND",
    "in-transit, , 1, PENDING",
  })
  void aStateHasAShape(String state, @Nullable Long seconds, int attempts, Shapes shape) {
    Duration took = seconds == null ? null : Duration.ofSeconds(seconds);
    assertThat(Shapes.of(mark("PT1M", state, took, attempts), "delivered")).isEqualTo(shape);
  }

  @Test
  void whatAPathPromisesIsNoFault() {
    assertThat(Shapes.of(mark("PT1M", "rejected", null, 1), "rejected")).isEqualTo(Shapes.OK);
    assertThat(Shapes.of(mark("PT1M", "delivered", Duration.ofSeconds(1), 1), "rejected"))
        .isEqualTo(Shapes.DEGRADED);
  }

  @Test
  void theWorstOfACellIsShownAndEveryCanaryIsCounted() {
    Cells.Strip strip =
        Cells.of(
                List.of(
                    mark("PT10M", "delivered", Duration.ofSeconds(1), 1),
                    mark("PT2M", "delivered", Duration.ofSeconds(1), 1),
                    mark("PT2M1S", "lost", null, 1),
                    mark("PT1S", "in-transit", null, 1)),
                "delivered",
                Span.HOUR,
                NOW)
            .strip();
    assertThat(strip.parts()).extracting(Cells.Part::kind).containsExactly("ok", "failing");
    assertThat(strip.words()).isEqualTo("Canaries of the last hour: 2 as promised, 1 failed");
    assertThat(strip.lines()).hasSize(2);
  }

  @Test
  void whatIsOutsideTheSpanIsLeftOut() {
    Cells cells =
        Cells.of(
            List.of(mark("PT2H", "lost", null, 1), mark("PT-5M", "lost", null, 1)),
            "delivered",
            Span.HOUR,
            NOW);
    assertThat(cells.strip().words()).isEqualTo("no canary in the last hour");
  }

  @ParameterizedTest(name = "what is {0} old is shown over {1}")
  @CsvSource({"PT3M, QUARTER", "PT16M, HOUR", "PT61M, SIX_HOURS", "PT7H, DAY", "PT90H, DAY"})
  void theSpanIsTheShortestThatShowsAll(Duration age, Span span) {
    assertThat(Span.since(NOW.minus(age), NOW)).isEqualTo(span);
  }

  @Test
  void aChartHasAShapeForEachKindAndKeepsWithinItsFrame() {
    LatencyChart.Chart chart =
        LatencyChart.of(
            List.of(
                mark("PT50M", "delivered", Duration.ofMillis(400), 1),
                mark("PT40M", "delivered-late", Duration.ofMinutes(20), 1),
                mark("PT30M", "rejected", null, 1),
                mark("PT20M", "overdue", null, 1),
                mark("PT5S", "in-transit", null, 1)),
            "delivered",
            WITHIN,
            Range.HOUR,
            NOW);
    assertThat(chart.parts())
        .extracting(Cells.Part::kind)
        .containsExactly("ok", "pending", "deferring", "missing", "failing");
    assertThat(chart.rows()).extracting(LatencyChart.Tick::text).contains("1 s", "10 min");
    assertThat(chart.promised()).isBetween(0.0, (double) LatencyChart.HEIGHT);
  }
}
