package io.mailcanary.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.path.Cadence;
import io.mailcanary.path.MailPath;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlotsTest {
  @ParameterizedTest(name = "a period of {0} has {1} slots, {2} apart")
  @CsvSource({
    "PT0.001S, 1, PT0.001S",
    "PT0.25S, 1, PT0.25S",
    "PT1S, 1, PT1S",
    "PT1.5S, 1, PT1.5S",
    "PT2.5S, 2, PT1.25S",
    "PT10S, 10, PT1S",
    "PT59S, 59, PT1S",
    "PT60S, 60, PT1S",
    "PT90S, 60, PT1.5S",
    "PT5M, 60, PT5S",
    "PT1H, 60, PT1M",
    "PT24H, 60, PT24M",
  })
  void slotsOfAPeriod(Duration period, int count, Duration apart) {
    List<Duration> offsets =
        IntStream.range(0, 2000)
            .mapToObj(number -> Slots.of("path-" + number, new Cadence.Every(period)))
            .map(slot -> ((Slot.Periodic) slot).offset())
            .distinct()
            .sorted()
            .toList();

    assertThat(offsets).isEqualTo(IntStream.range(0, count).mapToObj(apart::multipliedBy).toList());
  }

  @ParameterizedTest(name = "names like {0} spread evenly")
  @CsvSource({"path-%d", "%d", "campus-%05d-out", "mx%d.example.org", "ärger-%d", "a b %x"})
  void spreadsEvenly(String pattern) {
    int names = 10_000;
    Map<Slot, Long> sizes =
        IntStream.range(0, names)
            .mapToObj(pattern::formatted)
            .collect(
                Collectors.groupingBy(
                    name -> Slots.of(name, new Cadence.Every(Duration.ofMinutes(1))),
                    Collectors.counting()));

    double expected = names / 60.0;
    double chiSquare =
        sizes.values().stream()
            .mapToDouble(size -> (size - expected) * (size - expected) / expected)
            .sum();
    assertThat(sizes).hasSize(60);
    // 59 degrees of freedom: one in a thousand random spreads is above 98.
    assertThat(chiSquare).isLessThan(98);
  }

  @Test
  void theSpreadIsTheSameInEveryRelease() {
    assertThat(StableHash.of("campus-to-gmail")).isEqualTo(0xb029aa8db54350ccL);
    assertThat(Slots.of("campus-to-gmail", new Cadence.Every(Duration.ofMinutes(1))).key())
        .isEqualTo("every PT1M at PT41S");
  }

  @ParameterizedTest(name = "every {0} at {1}, asked at {2}: {3}")
  @CsvSource({
    "PT1M, PT13S, 2026-03-01T12:00:00Z, 2026-03-01T12:00:13Z",
    "PT1M, PT13S, 2026-03-01T12:00:13Z, 2026-03-01T12:00:13Z",
    "PT1M, PT13S, 2026-03-01T12:00:13.000000001Z, 2026-03-01T12:01:13Z",
    "PT1M, PT0S, 2026-03-01T12:00:59.999Z, 2026-03-01T12:01:00Z",
    "PT0.25S, PT0S, 2026-03-01T12:00:00.3Z, 2026-03-01T12:00:00.5Z",
    "PT7S, PT3S, 1970-01-01T00:00:04Z, 1970-01-01T00:00:10Z",
    "PT7S, PT3S, 1969-12-31T23:59:50Z, 1969-12-31T23:59:56Z",
  })
  void nextInstant(Duration period, Duration offset, Instant from, Instant next) {
    assertThat(new Slot.Periodic(period, offset).next(from)).isEqualTo(next);
  }

  @Test
  void pathsOfOneCronExpressionShareASlot() {
    Map<Slot, List<String>> slots =
        Slots.group(
            List.of(
                Paths.cron("a", "0 */5 * * * ?"),
                Paths.cron("b", "0 0 * * * ?"),
                Paths.cron("c", " 0 */5 * * * ? ")),
            "");

    assertThat(slots)
        .containsExactly(
            Map.entry(new Slot.Timetable("0 */5 * * * ?"), List.of("a", "c")),
            Map.entry(new Slot.Timetable("0 0 * * * ?"), List.of("b")));
  }

  @ParameterizedTest(name = "a replica of site ''{0}'' serves {1}")
  @CsvSource({"'', everywhere", "north, everywhere north both", "south, everywhere both"})
  void sites(String site, String served) {
    Duration second = Duration.ofSeconds(1);
    List<MailPath> paths =
        List.of(
            Paths.every("everywhere", second),
            Paths.atSites("north", second, "north"),
            Paths.atSites("both", second, "north", "south"),
            Paths.disabled("paused", second));

    assertThat(Slots.group(paths, site).values()).containsExactly(List.of(served.split(" ")));
  }

  @Test
  void aLongCronExpressionHasAShortKey() {
    String minutes =
        IntStream.range(0, 60).mapToObj(Integer::toString).collect(Collectors.joining(","));

    assertThat(new Slot.Timetable("0 " + minutes + " * * * ?").key()).hasSizeLessThan(200);
  }
}
