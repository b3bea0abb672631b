package io.mailcanary.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SteadyClockTest {
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  private Duration systemOff = Duration.ZERO;
  private Duration readingTakes = Duration.ZERO;
  private long nanos = Long.MAX_VALUE - 5_000_000_000L; // wraps round in the middle of the tests
  private final long begin = nanos;
  private final SteadyClock clock = new SteadyClock(this::system, () -> nanos);

  private Instant system() {
    nanos += readingTakes.toNanos();
    return START.plusNanos(nanos - begin).plus(systemOff);
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  @Test
  void runsWithTheMonotonicClock() {
    pass(Duration.ofSeconds(90));

    assertThat(clock.instant()).isEqualTo(START.plusSeconds(90));
    assertThat(clock.check()).isEmpty();
  }

  @ParameterizedTest(name = "a step of {0}")
  @ValueSource(strings = {"PT0.25S", "PT-0.25S", "PT1H", "PT-1H", "P3000D"})
  void aStepIsToldOnceAndTakenOver(Duration step) {
    pass(Duration.ofSeconds(1));
    systemOff = step;

    assertThat(clock.instant()).isEqualTo(START.plusSeconds(1));
    assertThat(clock.check()).isEqualTo(Optional.of(step));
    assertThat(clock.instant()).isEqualTo(START.plusSeconds(1).plus(step));
    pass(Duration.ofSeconds(1));
    assertThat(clock.check()).isEmpty();
  }

  @ParameterizedTest(name = "a difference of {0}")
  @ValueSource(strings = {"PT0.249S", "PT-0.249S", "PT0.003S", "PT-0.003S"})
  void aSmallDifferenceIsMadeUpForSlowlyAndTimeNeverGoesBack(Duration difference) {
    systemOff = difference;
    Instant last = clock.instant();

    for (int second = 0; second < 30; second++) {
      assertThat(clock.check()).isEmpty();
      assertThat(clock.instant()).isEqualTo(last);
      for (int part = 0; part < 20; part++) {
        pass(Duration.ofMillis(50));
        Instant now = clock.instant();
        assertThat(Duration.between(last, now))
            .isBetween(Duration.ofNanos(49_499_999), Duration.ofNanos(50_500_001));
        last = now;
      }
    }

    assertThat(Duration.between(clock.instant(), system()).abs())
        .isLessThan(Duration.ofNanos(1000));
  }

  @Test
  void aSlowDriftIsFollowed() {
    for (int second = 0; second < 3600; second++) {
      systemOff = systemOff.plus(Duration.ofNanos(500_000)); // 500 parts in a million
      pass(Duration.ofSeconds(1));
      assertThat(clock.check()).isEmpty();
    }

    assertThat(Duration.between(clock.instant(), system())).isLessThan(Duration.ofMillis(2));
  }

  @Test
  void missedChecksDoNoHarm() {
    systemOff = Duration.ofMillis(8);
    assertThat(clock.check()).isEmpty();

    pass(Duration.ofHours(1));

    assertThat(clock.instant()).isEqualTo(system());
  }

  @Test
  void aTornReadingSaysNothing() {
    readingTakes = Duration.ofSeconds(2);

    assertThat(clock.check()).isEmpty();

    readingTakes = Duration.ZERO;
    assertThat(clock.check()).isEmpty();
  }
}
