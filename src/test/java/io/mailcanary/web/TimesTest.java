package io.mailcanary.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimesTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:12:40Z");

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "2026-11-22T10:04:12Z, 10:04:12",
    "2026-11-21T18:04:12Z, 18:04:12",
    "2026-11-21T10:04:12Z, 21 Nov 10:04",
    "2025-11-21T10:04:12Z, 21 Nov 2025 10:04",
  })
  void aTimeIsAsShortAsItCanBe(Instant at, String shown) {
    assertThat(Times.shown(at, NOW)).isEqualTo(shown);
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "PT0.0004S, 1 ms",
    "PT0.0714S, 71 ms",
    "PT0.47S, 0.47 s",
    "PT2.14S, 2.1 s",
    "PT48.4S, 48 s",
    "PT250S, 4 min 10 s",
  })
  void aLatencyHasTwoOrThreeDigits(Duration took, String words) {
    assertThat(Times.latency(took)).isEqualTo(words);
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "PT-3S, 0 s",
    "PT42S, 42 s",
    "PT8M, 8 min",
    "PT3H, 3 h",
    "PT50H, 2 days",
  })
  void whatGoesOnIsToldRoughly(Duration lasted, String words) {
    assertThat(Times.rough(lasted)).isEqualTo(words);
  }
}
