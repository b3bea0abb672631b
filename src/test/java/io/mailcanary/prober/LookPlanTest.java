package io.mailcanary.prober;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LookPlanTest {
  /// How long a server has the mailbox locked once a message is in it.
  private static final double LOCKED = 0.0002;

  private final LookPlan plan = new LookPlan();

  /// Looks in such a moment.
  private int delivering;

  @Test
  void looksGrowRarer() {
    Duration gap = Duration.ZERO;
    for (int look = 1; !LookPlan.isOver(look); look++) {
      Duration next = plan.after(look).minus(plan.after(look - 1));
      assertThat(next).isGreaterThan(gap);
      gap = next;
    }
    assertThat(plan.after(0)).isEqualTo(Duration.ofMillis(20));
    assertThat(LookPlan.isOver(23)).isFalse();
    assertThat(LookPlan.isOver(24)).isTrue();
  }

  @ParameterizedTest(name = "arrivals around {0} ms, {1} ms apart")
  @CsvSource({"5, 1", "50, 10", "500, 100", "5000, 1000", "60000, 10000"})
  void manyAreFoundAtTheFirstLookAndMostSoonAfterTheyCame(double middle, double spread) {
    Random random = new Random(7);
    Figures figures = run(() -> (middle + spread * random.nextGaussian()) / 1e3, 4000);
    assertThat(figures.firstLook).isBetween(0.35, 1.0);
    assertThat(figures.meanLooks).isLessThan(2.2);
    assertThat(figures.meanDelay).isLessThan((middle + 4 * spread) / 1e3);
  }

  @ParameterizedTest(name = "arrivals around {0} ms, {1} ms apart, {2} ms until they are found")
  @CsvSource({"2.4, 0.4, 6", "4.2, 0.9, 7", "7.3, 2, 11"})
  void aQuickPathIsSeldomLookedAtWhileItsServerDelivers(double middle, double spread, double most) {
    Random random = new Random(7);
    run(() -> (middle + spread * random.nextGaussian()) / 1e3, 10);
    delivering = 0;
    int canaries = 4000;
    Figures figures = run(() -> (middle + spread * random.nextGaussian()) / 1e3, canaries);

    assertThat((double) delivering / canaries).isLessThan(0.01);
    assertThat(figures.meanLooks).isLessThan(1.1);
    assertThat(figures.meanDelay).isLessThan(most / 1e3);
  }

  @Test
  void aPathThatGrowsSlowIsFollowed() {
    run(() -> 0.05, 200);
    Figures slow = run(() -> 5.0, 200);
    assertThat(slow.meanLooks).isLessThan(3.0);
    Figures quick = run(() -> 0.05, 400);
    assertThat(plan.after(0)).isLessThan(Duration.ofMillis(500));
    assertThat(quick.meanLooks).isLessThan(2.0);
  }

  @Test
  void whatWasThereLongBeforeIsNotLookedForLaterAndLater() {
    for (int i = 0; i < 300; i++) {
      plan.found(true, Duration.ofMillis(100));
    }
    assertThat(plan.after(0)).isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void staysWithinItsBounds() {
    for (int i = 0; i < 2000; i++) {
      plan.found(false, Duration.ZERO);
    }
    assertThat(plan.after(0)).isBetween(Duration.ofMillis(1), Duration.ofMillis(6));
    for (int i = 0; i < 2000; i++) {
      plan.found(true, Duration.ofDays(30));
    }
    assertThat(plan.after(0)).isEqualTo(Duration.ofMinutes(10));
    plan.found(false, Duration.ofSeconds(-5));
    assertThat(plan.after(0)).isBetween(Duration.ofMillis(1), Duration.ofMinutes(10));
  }

  private record Figures(double firstLook, double meanLooks, double meanDelay) {}

  /// Lets canaries arrive and finds each by the looks alone.
  private Figures run(DoubleSupplier arrivals, int canaries) {
    int first = 0;
    long looks = 0;
    double delay = 0;
    int counted = canaries / 2;
    for (int i = 0; i < canaries; i++) {
      double arrival = Math.max(0.001, arrivals.getAsDouble());
      int look = 0;
      while (!LookPlan.isOver(look) && seconds(plan.after(look)) < arrival) {
        look++;
      }
      if (seconds(plan.after(look)) < arrival + LOCKED) {
        delivering++;
      }
      if (i >= canaries - counted) {
        first += look == 0 ? 1 : 0;
        looks += look + 1;
        delay += seconds(plan.after(look)) - arrival;
      }
      plan.found(look > 0, Duration.ofNanos((long) (arrival * 1e9)));
    }
    return new Figures((double) first / counted, (double) looks / counted, delay / counted);
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
