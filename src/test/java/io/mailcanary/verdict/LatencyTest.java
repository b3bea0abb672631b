package io.mailcanary.verdict;

import static io.mailcanary.canary.Canaries.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.CanaryState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatencyTest {
  private static final Instant NOW = START.plus(Duration.ofHours(1));

  /// Marks: `7` arrived after 7 s, `?7` is on its way since 7 s, `~7` is perhaps, `d7` deferred,
  /// `p7` pending, `o7` overdue, `x` never arrives, `u` could not be seen.
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          nothing is known of nothing                      |                      | -  | -  | -
          one that arrived is every quantile               | 7                    | 7  | 7  | 7
          where all arrived they are plain quantiles       | 1 2 3 4 5 6 7 8 9 10 | 5  | 9  | 10
          the order in which they came does not matter     | 9 2 5 1 10 8 3 7 6 4 | 5  | 9  | 10
          of an even number the lower middle               | 1 2 3 4              | 2  | 4  | 4
          one of ten that is lost takes the top            | 1 2 3 4 5 6 7 8 9 x  | 5  | 9  | -
          half of them lost: the other half is the median  | 1 2 x x              | 2  | -  | -
          more than half lost: there is no median          | 1 x x                | -  | -  | -
          all lost                                         | x x x                | -  | -  | -
          nothing has arrived yet                          | ?3 ?60               | -  | -  | -
          young ones on their way do not drag the median   | 5 5 5 5 5 ?1 ?1 ?1   | 5  | 5  | 5
          old ones on their way count as slow              | 5 5 5 ?60 ?60 ?60    | 5  | -  | -
          old ones that are more than half leave no median | 5 5 ?60 ?60 ?60      | -  | -  | -
          deferred, pending and overdue ones count as well | 5 5 d60 p60 o60      | -  | -  | -
          one as old as the others took is slower than they | 5 5 5 ?5            | 5  | -  | -
          who is only perhaps on its way is left out       | 5 5 5 ~60 ~60 ~60 ~60 | 5 | 5  | 5
          what could not be seen is left out               | 5 5 5 u u u u        | 5  | 5  | 5
          one between others weighs on the slower ones     | 1 2 ?2 3 4           | 3  | 4  | 4
          """)
  void quantiles(
      String sentence,
      @Nullable String marks,
      @Nullable Integer median,
      @Nullable Integer ninety,
      @Nullable Integer most) {
    Latency latency = Latency.of(marks(marks), NOW);

    assertThat(latency.quantile(0.5).map(Duration::toSeconds).map(Math::toIntExact).orElse(null))
        .isEqualTo(median);
    assertThat(latency.quantile(0.9).map(Duration::toSeconds).map(Math::toIntExact).orElse(null))
        .isEqualTo(ninety);
    assertThat(latency.quantile(0.99).map(Duration::toSeconds).map(Math::toIntExact).orElse(null))
        .isEqualTo(most);
  }

  @Test
  void misfiledAndLateOnesArrived() {
    List<Mark> marks =
        List.of(
            mark(new CanaryState.Misfiled(), 10, Duration.ofSeconds(3)),
            mark(new CanaryState.DeliveredLate(), 1000, Duration.ofSeconds(900)));
    assertThat(Latency.of(marks, NOW).quantile(0.5)).contains(Duration.ofSeconds(3));
    assertThat(Latency.of(marks, NOW).quantile(0.9)).contains(Duration.ofSeconds(900));
  }

  @Test
  void oneWhoseLatencyIsVoidIsLeftOut() {
    List<Mark> marks =
        List.of(
            mark(new CanaryState.Delivered(), 10, null),
            mark(new CanaryState.Delivered(), 10, Duration.ofSeconds(4)));
    assertThat(Latency.of(marks, NOW).quantile(0.5)).contains(Duration.ofSeconds(4));
  }

  /// Cutting samples off at random times leaves the median where it was, on average.
  @Test
  void theEstimateIsNotBiasedByThoseOnTheirWay() {
    Random random = new Random(3);
    List<Duration> medians = new ArrayList<>();
    for (int round = 0; round < 200; round++) {
      List<Mark> marks =
          IntStream.range(0, 200)
              .mapToObj(_ -> {
                double took = -Math.log(random.nextDouble()) * 10;
                double age = random.nextDouble() * 40;
                return took < age
                    ? mark(new CanaryState.Delivered(), 60, millis(took))
                    : aged(new CanaryState.InTransit(false), millis(age));
              })
              .toList();
      Latency.of(marks, NOW).quantile(0.5).ifPresent(medians::add);
    }
    Collections.sort(medians);
    assertThat(medians).hasSize(200);
    // The median of an exponential time with mean 10 s is 6.93 s.
    assertThat(medians.get(100)).isBetween(millis(6.5), millis(7.4));
  }

  private static Duration millis(double seconds) {
    return Duration.ofMillis((long) (seconds * 1e3));
  }

  private static List<Mark> marks(@Nullable String text) {
    return text == null ? List.of() : Stream.of(text.split(" ")).map(LatencyTest::mark).toList();
  }

  private static Mark mark(String text) {
    return switch (text.charAt(0)) {
      case '?' -> aged(new CanaryState.InTransit(false), age(text));
      case '~' -> aged(new CanaryState.InTransit(true), age(text));
      case 'd' -> aged(new CanaryState.Deferred(NOW, false), age(text));
      case 'p' -> aged(new CanaryState.Pending(), age(text));
      case 'o' -> aged(new CanaryState.Overdue(), age(text));
      case 'x' -> aged(new CanaryState.Lost(), Duration.ofMinutes(1));
      case 'u' -> aged(new CanaryState.Unobservable(), Duration.ofMinutes(1));
      default -> mark(new CanaryState.Delivered(), 60, Duration.ofSeconds(Integer.parseInt(text)));
    };
  }

  private static Duration age(String text) {
    return Duration.ofSeconds(Integer.parseInt(text.substring(1)));
  }

  private static Mark aged(CanaryState state, Duration age) {
    return Marks.mark(state, NOW.minus(age), null);
  }

  private static Mark mark(CanaryState state, int ageSeconds, @Nullable Duration latency) {
    return Marks.mark(state, NOW.minusSeconds(ageSeconds), latency);
  }
}
