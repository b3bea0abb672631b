package io.mailcanary.verdict;

import static io.mailcanary.canary.Canaries.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Canaries;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryLifecycle;
import io.mailcanary.canary.Evidence.Failure;
import io.mailcanary.canary.Sight;
import io.mailcanary.canary.Stage;
import io.mailcanary.path.Confirm;
import io.mailcanary.path.Expectation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfirmationTest {
  private static final Confirm THREE = new Confirm(3, Duration.ofSeconds(5));
  private static final Duration USUAL = Duration.ofSeconds(10);

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          one that is due gives no doubt            | pending    | 600 | -
          on its way in good time gives none        | in-transit | 9   | -
          longer than usual does                    | in-transit | 10  | a canary takes longer than 10 s
          what is perhaps on its way proves nothing | in-doubt   | 60  | -
          refused for now                           | deferred   | 0   | a canary was deferred
          refused for good                          | rejected   | 0   | a canary was rejected
          overdue                                   | overdue    | 300 | a canary did not arrive
          lost: it was overdue before               | lost       | 3600 | -
          in another folder                         | misfiled   | 1   | a canary was misfiled
          delivered                                 | delivered  | 1   | -
          delivered late                            | late       | 1   | -
          not to be seen                            | unseen     | 1   | -
          """)
  void whatIsADoubt(String sentence, String how, long seconds, @Nullable String reason) {
    Confirmation decision = decide(canary(how), "", THREE, Optional.empty(), false, seconds);
    assertThat(decision)
        .isEqualTo(
            reason == null ? new Confirmation.Wait("no doubt") : new Confirmation.Burst(reason));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "421 4.7.28 Our system has detected an unusual rate of mail",
        "450 4.7.1 Rate limit reached",
        "451 Too many connections, slow down",
        "452 too much mail from you",
        "421 Throttled",
        "454 Exceeded your hourly quota",
        "450 Please try again slower",
        "mx.test:25 at rcpt: 450 4.2.1 receiving mail at a ratelimit"
      })
  void whoAsksForLessMailGetsNoMore(String words) {
    assertThat(decide(canary("deferred"), words, THREE, Optional.empty(), false, 0))
        .isEqualTo(new Confirmation.Wait("the receiver asked for less mail"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "450 4.2.0 Greylisted, try again later",
        "550 5.1.1 no such user",
        "451 4.3.0 the moderate rate is 4.7.280",
        "connection refused"
      })
  void otherWordsDoNotHinder(String words) {
    assertThat(decide(canary("deferred"), words, THREE, Optional.empty(), false, 0))
        .isInstanceOf(Confirmation.Burst.class);
  }

  @Test
  void nothingIsAskedOfABlindObserver() {
    assertThat(decide(canary("overdue"), "", THREE, Optional.empty(), true, 300))
        .isEqualTo(new Confirmation.Wait("its mailbox cannot be seen"));
  }

  @Test
  void aPathMayGoWithout() {
    Confirm none = new Confirm(0, Duration.ofSeconds(5));
    assertThat(decide(canary("rejected"), "", none, Optional.empty(), false, 0))
        .isEqualTo(new Confirmation.Wait("the path asks for no confirmation"));
  }

  @ParameterizedTest(name = "{0} s after the last burst: {1}")
  @CsvSource({"0, false", "20, false", "379, false", "380, true", "3600, true"})
  void oneBurstATrouble(long seconds, boolean again) {
    Confirmation decision = decide(canary("rejected"), "", THREE, Optional.of(0L), false, seconds);
    assertThat(decision instanceof Confirmation.Burst).isEqualTo(again);
  }

  private static Confirmation decide(
      Canary canary,
      String words,
      Confirm confirm,
      Optional<Long> lastBurst,
      boolean blind,
      long seconds) {
    return Confirmation.of(
        canary,
        words,
        Expectation.Outcome.DELIVERED,
        confirm,
        USUAL,
        lastBurst.map(START::plusSeconds),
        blind,
        START.plusSeconds(seconds));
  }

  private static Canary canary(String how) {
    CanaryEvent accepted =
        new CanaryEvent.Attempted(START, Canaries.answer(Stage.END_OF_DATA, "250 ok"));
    CanaryEvent broken =
        new CanaryEvent.Attempted(
            START,
            Canaries.failure(Stage.END_OF_DATA, Failure.Kind.CONNECTION, "the connection broke"));
    return switch (how) {
      case "pending" -> after();
      case "in-transit" -> after(accepted);
      case "in-doubt" -> after(broken);
      case "deferred" ->
          after(new CanaryEvent.Attempted(START, Canaries.answer(Stage.RCPT, "450 later")));
      case "rejected" ->
          after(new CanaryEvent.Attempted(START, Canaries.answer(Stage.RCPT, "550 no")));
      case "overdue" -> after(accepted, checked(300));
      case "lost" -> after(accepted, checked(3600));
      case "misfiled" -> after(accepted, seen(1, "Junk"));
      case "delivered" -> after(accepted, seen(1, "INBOX"));
      case "late" -> after(accepted, checked(300), seen(900, "INBOX"));
      case "unseen" -> after(broken, checked(300));
      default -> throw new IllegalArgumentException(how);
    };
  }

  private static CanaryEvent checked(long seconds) {
    return new CanaryEvent.Checked(START.plusSeconds(seconds), Sight.CLEAR);
  }

  private static CanaryEvent seen(long seconds, String folder) {
    return new CanaryEvent.Sighted(
        START.plusSeconds(seconds),
        Canaries.arrival(START.plusSeconds(seconds), folder),
        false,
        List.of());
  }

  private static Canary after(CanaryEvent... events) {
    Canary canary = Canaries.due();
    for (CanaryEvent event : events) {
      canary = CanaryLifecycle.next(canary, event);
    }
    return canary;
  }
}
