package io.mailcanary.verdict;

import static io.mailcanary.canary.Canaries.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.CanaryState;
import io.mailcanary.path.Expectation;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Paths;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathHealthTest {
  private static final Instant NOW = START.plus(Duration.ofHours(2));
  private static final Expectation PROMISE = Paths.path("a").expect();
  private static final PathHealth.View CLEAR =
      new PathHealth.View(false, Optional.empty(), Duration.ofMinutes(8));

  /// Marks, oldest first, a minute apart and the newest two minutes old: `ok`, `slow` (40 s),
  /// `late`, `junk`, `twice`, `changed`, `deferred`, `overdue`, `rejected`, `bounced`, `lost`,
  /// `way` (20 s old), `long-way`, `maybe` (in doubt), `unseen`, `pending` (20 s old), `stuck`
  /// (pending), `stuck-long` (for ten minutes).
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          a path without canaries waits for its first    | -                          | pending   | no result yet
          one that is on its way says nothing yet        | way                        | pending   | no result yet
          one that is about to be sent says nothing yet  | pending                    | pending   | no result yet
          one that arrived                               | ok                         | ok        | delivered in 2 s
          one on its way does not hide the one before    | ok way                     | ok        | delivered in 2 s
          nor does it hide a failure                     | rejected way               | failing   | rejected: 550 no
          slow is degraded                               | slow                       | degraded  | slow: delivered after 40 s, 30 s was promised
          so is late                                     | late                       | degraded  | delivered late in 10 min
          so is junk                                     | junk                       | degraded  | misfiled
          so are copies                                  | twice                      | degraded  | delivered 2 times
          so is changed content                          | changed                    | degraded  | delivered with its content changed on the way
          so is one that takes longer than promised      | ok long-way                | degraded  | slow: not there after 2 min
          one that nobody takes is slow at first         | ok stuck                   | degraded  | slow: not handed over after 2 min
          and deferring when it should be there by now   | ok stuck-long              | deferring | slow: not handed over after 10 min
          refused for now                                | ok ok deferred             | deferring | deferred: 550 no
          no proof of arrival                            | ok ok overdue              | deferring | no proof of arrival after 2 min
          refused for good                               | ok ok rejected             | failing   | rejected: 550 no
          bounced                                        | ok ok bounced              | failing   | bounced: 550 no
          lost                                           | ok ok lost                 | failing   | lost: no trace after 1 h
          the newest decides whether mail flows          | rejected deferred          | deferring | deferred: 550 no
          and the other way round                        | deferred rejected          | failing   | rejected: 550 no
          the first good one after trouble               | deferred deferred ok       | degraded  | 2 of the last 3 canaries: deferred: 550 no
          one of the last three was bad                  | deferred ok ok             | degraded  | 1 of the last 3 canaries: deferred: 550 no
          the worst of them is told                      | lost deferred ok           | degraded  | 2 of the last 3 canaries: lost: no trace after 1 h
          three good ones in a row                       | deferred ok ok ok          | ok        | delivered in 2 s
          trouble long ago is over                       | lost lost ok ok ok ok      | ok        | delivered in 2 s
          a slow one among the last three                | slow ok ok                 | degraded  | slow: delivered after 40 s, 30 s was promised
          three in time after a slow one                 | slow ok ok ok              | ok        | delivered in 2 s
          with two alone both count                      | rejected ok                | degraded  | 1 of the last 2 canaries: rejected: 550 no
          doubtful ones say nothing                      | ok maybe maybe             | ok        | delivered in 2 s
          nor do those that could not be seen            | ok unseen unseen           | ok        | delivered in 2 s
          not even all of them together                  | maybe unseen               | pending   | no result yet
          who says nothing does not count as good        | deferred ok way way ok     | degraded  | 1 of the last 3 canaries: deferred: 550 no
          """)
  void whatTheNewestCanariesSay(
      String sentence, @Nullable String marks, String health, String reason) {
    assertThat(PathHealth.of(marks(marks), PROMISE, CLEAR, NOW))
        .isEqualTo(new PathHealth(Health.valueOf(health.toUpperCase(Locale.ROOT)), reason));
  }

  @ParameterizedTest(name = "{0}, {1}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          REJECTED | rejected    | ok        | rejected, as it should be: 550 no
          REJECTED | bounced     | degraded  | bounced instead of being rejected: 550 no
          REJECTED | ok          | failing   | delivered: it should have been rejected
          REJECTED | junk        | failing   | delivered: it should have been rejected
          REJECTED | way         | failing   | taken: it should have been rejected
          REJECTED | lost        | failing   | taken: it should have been rejected
          REJECTED | maybe       | pending   | no result yet
          REJECTED | deferred    | deferring | deferred: 550 no
          BOUNCED  | bounced     | ok        | bounced, as it should: 550 no
          BOUNCED  | rejected    | degraded  | rejected at once instead of bouncing: 550 no
          BOUNCED  | late        | failing   | delivered: it should have bounced
          BOUNCED  | way         | pending   | no result yet
          BOUNCED  | long-way    | degraded  | slow: no bounce after 2 min
          BOUNCED  | overdue     | failing   | no bounce after 2 min: it should have bounced
          BOUNCED  | lost        | failing   | lost: neither a bounce nor an arrival after 1 h
          MISFILED | junk        | ok        | misfiled, as it should be
          MISFILED | ok          | failing   | delivered: it should have been misfiled
          MISFILED | rejected    | degraded  | rejected instead of being misfiled: 550 no
          MISFILED | bounced     | degraded  | bounced instead of being misfiled: 550 no
          MISFILED | overdue     | deferring | no proof of arrival after 2 min
          MISFILED | junk junk ok | failing  | delivered: it should have been misfiled
          """)
  void whatNegativeCanariesSay(
      Expectation.Outcome outcome, String marks, String health, String reason) {
    Expectation promise = Paths.expecting(Paths.path("a"), outcome).expect();
    assertThat(PathHealth.of(marks(marks), promise, CLEAR, NOW))
        .isEqualTo(new PathHealth(Health.valueOf(health.toUpperCase(Locale.ROOT)), reason));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          one text for half an hour is a block | 40 | 450 4.2.0 later, id 4X9 | 450 4.2.0 later, id 7B2 | blocked: refused 40 times over 41 min with the same words: 450 4.2.0 later, id 7B2
          for less it is not yet               | 8  | 450 4.2.0 later         | 450 4.2.0 later         | deferred: 450 4.2.0 later
          two texts are two troubles           | 40 | 450 4.2.0 later         | 450 4.2.0 mailbox full  | deferred: 450 4.2.0 mailbox full
          """)
  void endlessDeferralsAreTold(String sentence, int count, String text, String last, String why) {
    List<Mark> marks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      marks.add(
          Marks.mark(
              new CanaryState.Deferred(NOW, false),
              NOW.minusSeconds(60L * (count - i + 1)),
              null,
              0,
              false,
              i == count - 1 ? last : text));
    }
    assertThat(PathHealth.of(marks, PROMISE, CLEAR, NOW))
        .as(sentence)
        .isEqualTo(new PathHealth(Health.DEFERRING, why));
  }

  @ParameterizedTest(name = "{0} on a path that is {1}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ok ok ok                 | OUTBOUND | ok        | it
          failing ok ok            | OUTBOUND | degraded  | leg 0 (1 of 3 failing): it
          ok failing failing       | OUTBOUND | degraded  | leg 1 (2 of 3 failing): it
          failing failing failing  | OUTBOUND | failing   | leg 0 (3 of 3 failing): it
          failing deferring blind  | OUTBOUND | failing   | leg 0 (1 of 3 failing): it
          ok deferring             | INTERNAL | degraded  | leg 1 (1 of 2 deferring): it
          ok failing               | INTERNAL | failing   | leg 1 (1 of 2 failing): it
          ok pending               | OUTBOUND | ok        | it
          pending pending          | OUTBOUND | pending   | it
          failing pending          | OUTBOUND | failing   | leg 0 (1 of 2 failing): it
          degraded ok              | OUTBOUND | degraded  | leg 0 (1 of 2 degraded): it
          paused paused            | OUTBOUND | paused    | it
          blind blind              | OUTBOUND | blind     | leg 0 (2 of 2 blind): it
          """)
  void legsTogether(String legs, MailPath.Kind kind, String health, String reason) {
    Map<String, PathHealth> healths = new LinkedHashMap<>();
    for (String leg : legs.split(" ")) {
      healths.put(
          "" + healths.size(), new PathHealth(Health.valueOf(leg.toUpperCase(Locale.ROOT)), "it"));
    }
    assertThat(PathHealth.together(healths, kind))
        .isEqualTo(new PathHealth(Health.valueOf(health.toUpperCase(Locale.ROOT)), reason));
  }

  @ParameterizedTest(name = "blind, and its canaries say {0}: {1}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          -        | blind     | login refused
          ok       | blind     | login refused
          slow     | blind     | login refused
          way      | blind     | login refused
          deferred | deferring | deferred: 550 no
          overdue  | deferring | no proof of arrival after 2 min
          rejected | failing   | rejected: 550 no
          """)
  void blindOutranksAllButRefusals(@Nullable String marks, String health, String reason) {
    PathHealth.View blind =
        new PathHealth.View(false, Optional.of("login refused"), Duration.ofMinutes(8));
    PathHealth judged = PathHealth.of(marks(marks), PROMISE, blind, NOW);
    assertThat(judged.health().word()).isEqualTo(health);
    assertThat(judged.reason()).isEqualTo(reason);
  }

  @Test
  void silenceIsNeverHealth() {
    List<Mark> marks = marks("ok");
    assertThat(at(marks, "6m").health()).isEqualTo(Health.OK);
    assertThat(at(marks, "6m1s"))
        .isEqualTo(new PathHealth(Health.BLIND, "no canary was sent for 8 min 1 s"));
    assertThat(at(marks("rejected"), "1h").health()).isEqualTo(Health.FAILING);
  }

  @Test
  void pausedIsPausedWhateverWas() {
    PathHealth.View paused = new PathHealth.View(true, Optional.of("gone"), Duration.ZERO);
    assertThat(PathHealth.of(marks("lost"), PROMISE, paused, NOW))
        .isEqualTo(new PathHealth(Health.PAUSED, "paused"));
  }

  @Test
  void fromWorstToBest() {
    assertThat(Stream.of(Health.values()).map(Health::word))
        .containsExactly("failing", "deferring", "blind", "degraded", "pending", "paused", "ok");
    assertThat(Health.FAILING.isWorseThan(Health.DEFERRING)).isTrue();
    assertThat(Health.OK.isWorseThan(Health.OK)).isFalse();
  }

  @Test
  void aDeliveryWithoutAMeasuredLatencyIsGood() {
    Mark mark = Marks.mark(new CanaryState.Delivered(), NOW, null);
    assertThat(PathHealth.of(List.of(mark), PROMISE, CLEAR, NOW))
        .isEqualTo(new PathHealth(Health.OK, "delivered"));
  }

  private static PathHealth at(List<Mark> marks, String later) {
    Instant then = NOW.plus(Duration.parse("PT" + later.toUpperCase(Locale.ROOT)));
    return PathHealth.of(marks, PROMISE, CLEAR, then);
  }

  private static List<Mark> marks(@Nullable String text) {
    if (text == null) {
      return List.of();
    }
    String[] words = text.split(" ");
    List<Mark> marks = new ArrayList<>();
    for (int i = 0; i < words.length; i++) {
      marks.add(mark(words[i], NOW.minusSeconds(60L * (words.length - i + 1))));
    }
    return marks;
  }

  private static Mark mark(String word, Instant start) {
    Duration quick = Duration.ofSeconds(2);
    CanaryState delivered = new CanaryState.Delivered();
    Instant young = NOW.minusSeconds(20);
    return switch (word) {
      case "ok" -> Marks.mark(delivered, start, quick);
      case "slow" -> Marks.mark(delivered, start, Duration.ofSeconds(40));
      case "twice" -> Marks.mark(delivered, start, quick, 2, false, "");
      case "changed" -> Marks.mark(delivered, start, quick, 1, true, "");
      case "late" -> Marks.mark(new CanaryState.DeliveredLate(), start, Duration.ofMinutes(10));
      case "junk" -> Marks.mark(new CanaryState.Misfiled(), start, quick);
      case "deferred" -> told(new CanaryState.Deferred(NOW, false), start);
      case "overdue" -> told(new CanaryState.Overdue(), start);
      case "rejected" -> told(new CanaryState.Rejected(), start);
      case "bounced" -> told(new CanaryState.Bounced(), start);
      case "lost" -> told(new CanaryState.Lost(), start);
      case "way" -> told(new CanaryState.InTransit(false), young);
      case "long-way" -> told(new CanaryState.InTransit(false), start);
      case "maybe" -> told(new CanaryState.InTransit(true), start);
      case "unseen" -> told(new CanaryState.Unobservable(), start);
      case "pending" -> told(new CanaryState.Pending(), young);
      case "stuck" -> told(new CanaryState.Pending(), start);
      case "stuck-long" -> told(new CanaryState.Pending(), NOW.minusSeconds(600));
      default -> throw new IllegalArgumentException(word);
    };
  }

  private static Mark told(CanaryState state, Instant start) {
    return Marks.mark(state, start, null, 0, false, "550 no");
  }
}
