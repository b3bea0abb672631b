package io.mailcanary.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.schedule.ClusterState.CheckIn;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuartzMembershipTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          both have just checked in                           |  1.0 |   2.0 | we other
          the other is within its interval and Quartz's grace |  1.0 |  12.5 | we other
          the other is beyond them                            |  1.0 |  12.6 | we
          we were frozen ourselves, so the other has more time | 60.0 |  67.0 | we other
          even then there is an end                           | 60.0 |  67.6 | we
          the other's clock is ahead                          |  1.0 | -30.0 | we other
          """)
  void whoIsAlive(String row, double ownAge, double otherAge, String alive) {
    List<CheckIn> checkIns = List.of(checkIn("we", ownAge), checkIn("other", otherAge));

    assertThat(QuartzMembership.alive(checkIns, "we", NOW))
        .as(row)
        .containsExactlyInAnyOrder(alive.split(" "));
  }

  @ParameterizedTest(name = "before our first check-in, another of {0} s ago: {1}")
  @CsvSource({"1, other we", "13, we"})
  void beforeTheFirstCheckIn(double otherAge, String alive) {
    assertThat(QuartzMembership.alive(List.of(checkIn("other", otherAge)), "we", NOW))
        .containsExactly(alive.split(" "));
  }

  private static CheckIn checkIn(String member, double ageSeconds) {
    return new CheckIn(
        member, NOW.minusMillis(Math.round(ageSeconds * 1000)), Duration.ofSeconds(5));
  }
}
