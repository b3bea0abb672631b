package io.mailcanary.incident;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// A simulated year of healthy but noisy paths.
class QuietYearTest {
  private static final long YEAR = 365 * Simulation.DAY;

  @Test
  void aHealthyYearWakesNobody() {
    long began = System.nanoTime();
    Simulation year =
        new Simulation(RuleSettings.DEFAULT, Simulation.forty(), Simulation.Noise.USUAL, 1)
            .clockStep(100 * Simulation.DAY + 17, Duration.ofHours(1))
            .clockStep(200 * Simulation.DAY + 17, Duration.ofMinutes(-61))
            .run(YEAR);
    System.out.printf(
        "a year of 40 paths: %d canaries, %d pages, %d incidents, %.1f s%n",
        year.canaries,
        year.pages().size(),
        year.opened().size(),
        (System.nanoTime() - began) / 1e9);
    assertThat(year.pages()).size().isZero();
    assertThat(year.canaries).isGreaterThan(21_000_000);
  }
}
