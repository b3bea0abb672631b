package io.mailcanary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.api.CanaryResource;
import io.mailcanary.app.OneProbe;
import io.mailcanary.path.Expectation;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NagiosResultTest {
  private static final ProbeCommand.Thresholds THRESHOLDS =
      new ProbeCommand.Thresholds(
          Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(60));

  @ParameterizedTest
  @CsvSource({
    "delivered,      0.5,  1, false, 0, OK,       in time",
    "delivered,      3,    1, false, 1, WARNING,  slower than -w",
    "delivered,      11,   1, false, 2, CRITICAL, slower than -c",
    "delivered,      0.5,  2, false, 1, WARNING,  arrived twice",
    "delivered,      0.5,  1, true,  1, WARNING,  changed on the way",
    "delivered,      ,     1, false, 3, UNKNOWN,  the clock was set meanwhile",
    "delivered-late, 400,  1, false, 2, CRITICAL, after it was overdue",
    "misfiled,       0.5,  1, false, 1, WARNING,  in junk",
    "rejected,       ,     0, false, 2, CRITICAL, refused for good",
    "deferred,       ,     0, false, 2, CRITICAL, refused for now until the time was over",
    "in-transit,     ,     0, false, 2, CRITICAL, not there in time",
    "overdue,        ,     0, false, 2, CRITICAL, not there in time",
    "lost,           ,     0, false, 2, CRITICAL, given up",
    "unobservable,   ,     0, false, 3, UNKNOWN,  in doubt",
  })
  void aStateIsAResult(
      String state,
      @Nullable Double took,
      int copies,
      boolean altered,
      int code,
      String word,
      String why) {
    NagiosResult result =
        NagiosResult.of("campus", outcome(state, took, copies, altered, false), THRESHOLDS);
    assertThat(result.code()).as(why).isEqualTo(code);
    assertThat(result.line()).startsWith("MAILCANARY " + word + " - campus").doesNotContain("\n");
  }

  @ParameterizedTest(name = "{0} where {1} is promised: {3}")
  @CsvSource({
    "rejected,   REJECTED,  0, 'rejected, as it should be'",
    "bounced,    BOUNCED,   0, 'bounced, as it should be'",
    "misfiled,   MISFILED,  0, 'misfiled, as it should be'",
    "delivered,  BOUNCED,   2, 'delivered: it should have been bounced'",
    "in-transit, REJECTED,  2, 'in-transit: it should have been rejected'",
    "overdue,    BOUNCED,   2, 'overdue: it should have been bounced'",
    "delivered,  DELIVERED, 0, 'delivered in 0.500 s'",
    "unobservable, BOUNCED, 3, 'not known'",
  })
  void whatShouldBeCaughtIsWellWhenItIs(
      String state, Expectation.Outcome promised, int code, String words) {
    NagiosResult result =
        NagiosResult.of("campus", outcome(state, 0.5, 1, false, false), THRESHOLDS, promised);
    assertThat(result.code()).isEqualTo(code);
    assertThat(result.line()).contains(words);
  }

  @Test
  void theFiguresAreForPlotting() {
    assertThat(
            NagiosResult.of("campus", outcome("delivered", 0.5, 1, false, false), THRESHOLDS)
                .line())
        .isEqualTo(
            "MAILCANARY OK - campus delivered in 0.500 s"
                + " | latency=0.500000s;2.000;10.000;0;60.000");
  }

  @Test
  void aBlindObserverKnowsNothing() {
    NagiosResult result =
        NagiosResult.of("campus", outcome("in-transit", null, 0, false, true), THRESHOLDS);
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.line()).contains("the server / said");
  }

  @Test
  void nothingCouldBeSent() {
    OneProbe.Outcome outcome = new OneProbe.Outcome(Optional.empty(), "no service", false);
    assertThat(NagiosResult.of("campus", outcome, THRESHOLDS).code()).isEqualTo(3);
  }

  private static OneProbe.Outcome outcome(
      String state, @Nullable Double took, int copies, boolean altered, boolean blind) {
    CanaryResource canary =
        new CanaryResource(
            "0".repeat(26),
            "campus",
            state,
            "none",
            "",
            "",
            "x@y",
            "2026-11-21T10:00:00Z",
            null,
            null,
            null,
            null,
            took,
            1,
            copies,
            altered,
            null,
            "Junk",
            Map.of(),
            null,
            null,
            null);
    return new OneProbe.Outcome(Optional.of(canary), "the server | said\n550", blind);
  }
}
