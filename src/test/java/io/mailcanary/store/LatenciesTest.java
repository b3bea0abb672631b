package io.mailcanary.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatenciesTest {
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 127, 128, 255, 256, 257, 1_000, 65_535, 1_000_000, 86_400_000_000L})
  void aLatencyIsKeptToWithinA128th(long micros) {
    Latencies latencies = new Latencies();
    latencies.add(Duration.ofNanos(micros * 1_000));
    Duration median = Objects.requireNonNull(latencies.percentile(0.5, 0));
    assertThat(Math.abs(median.toNanos() / 1_000 - micros)).isLessThanOrEqualTo(micros / 128);
  }

  @Test
  void percentilesAgreeWithSortedOnes() {
    Random random = new Random(3);
    for (int turn = 0; turn < 50; turn++) {
      long[] micros = random.longs(1 + random.nextInt(500), 0, 100_000_000L).sorted().toArray();
      Latencies latencies = new Latencies();
      Arrays.stream(micros).forEach(one -> latencies.add(Duration.ofNanos(one * 1_000)));
      for (double share : new double[] {0.5, 0.9, 0.99, 1}) {
        long exact = micros[(int) Math.ceil(share * micros.length) - 1];
        Duration found = Objects.requireNonNull(latencies.percentile(share, 0));
        assertThat(Math.abs(found.toNanos() / 1_000 - exact)).isLessThanOrEqualTo(exact / 128 + 1);
      }
    }
  }

  @Test
  void halvesAddedUpAreTheWhole() {
    Random random = new Random(4);
    Latencies whole = new Latencies();
    Latencies sum = new Latencies();
    for (int half = 0; half < 2; half++) {
      Latencies part = new Latencies();
      for (int i = 0; i < 1_000; i++) {
        Duration one = Duration.ofNanos(random.nextLong(1_000_000_000_000L));
        whole.add(one);
        part.add(one);
      }
      sum.addAll(Latencies.decoded(part.encoded()));
    }
    assertThat(sum.encoded()).isEqualTo(whole.encoded());
  }

  @Test
  void whatIsMissingIsSlowerThanAll() {
    Latencies latencies = new Latencies();
    for (int i = 0; i < 9; i++) {
      latencies.add(Duration.ofMillis(100));
    }
    assertThat(latencies.percentile(0.9, 1)).isNotNull();
    assertThat(latencies.percentile(0.9, 2)).isNull();
    assertThat(new Latencies().percentile(0.5, 0)).isNull();
  }
}
