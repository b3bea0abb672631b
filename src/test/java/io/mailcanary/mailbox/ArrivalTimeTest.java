package io.mailcanary.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.mailbox.ArrivalTime.Glance;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArrivalTimeTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          two looks 10 ms apart tell it by our own clock     | 10:00:05.010 | 10:00:05.000 | true  | 10:00:05 | 10:00:05.010 | PT0.01S
          the server's second may be closer than two looks   | 10:00:05.300 | 10:00:03.900 | true  | 10:00:05 | 10:00:05.300 | PT0.3S
          the first look after a rest has the server's second | 10:00:05.300 | 10:00:00.000 | true  | 10:00:05 | 10:00:05.300 | PT0.3S
          a late push falls back on the end of that second   | 10:00:35.000 | 10:00:00.000 | true  | 10:00:05 | 10:00:06.000 | PT1S
          what is found afterwards has the server's time     | 10:30:00.000 | -            | false | 10:00:05 | 10:00:05.000 | PT1S
          a server's clock that is ahead is not believed     | 10:00:05.000 | -            | false | 11:00:00 | 10:00:05.000 | PT1S
          a server's clock that is behind does not matter to two looks | 10:00:05.010 | 10:00:05.000 | true | 09:00:00 | 10:00:05.010 | PT0.01S
          without any time of the server it is now           | 10:00:05.000 | -            | false | -        | 10:00:05.000 | PT1S
          """)
  void timesAreToldAsWellAsTheyAreKnown(
      String sentence,
      String seen,
      @Nullable String notSeen,
      boolean live,
      @Nullable String server,
      String at,
      Duration resolution) {
    Instant before = notSeen == null ? null : instant(notSeen);
    Instant told = server == null ? null : instant(server);

    assertThat(ArrivalTime.of(new Glance(instant(seen), before, live), told))
        .isEqualTo(new ArrivalTime(instant(at), resolution));
  }

  private static Instant instant(String time) {
    return Instant.parse("2026-11-21T" + time + "Z");
  }
}
