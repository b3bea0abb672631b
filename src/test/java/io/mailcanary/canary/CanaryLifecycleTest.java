package io.mailcanary.canary;

import static io.mailcanary.canary.Canaries.START;
import static io.mailcanary.canary.Canaries.answer;
import static io.mailcanary.canary.Canaries.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Evidence.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Timelines: what a canary goes through, and what is known of it then.
class CanaryLifecycleTest {
  private static final Evidence ACCEPTED =
      answer(Stage.END_OF_DATA, "250 2.0.0 Ok: queued as 4Xyz");
  private static final Evidence GREYLISTED =
      answer(Stage.RCPT, "450 4.2.0 Greylisted, try again later");
  private static final Evidence REFUSED = answer(Stage.RCPT, "550 5.1.1 no such user");
  private static final Evidence UNREACHABLE =
      failure(Stage.CONNECT, Failure.Kind.CONNECTION, "connection refused");
  private static final Evidence CUT_OFF =
      failure(Stage.END_OF_DATA, Failure.Kind.CONNECTION, "the connection broke");

  private final Timeline line = new Timeline();

  @Test
  void acceptedAndSeenInTime() {
    line.at("0s").attempt().answered(ACCEPTED).is("in-transit");
    line.at("2s").seen("INBOX").is("delivered");
    assertThat(line.canary.latency()).isEqualTo(Duration.ofSeconds(2));
    assertThat(line.canary.copies()).isEqualTo(1);
    line.at("6m").checked().is("delivered");
  }

  @Test
  void overdueThenLate() {
    line.at("0s").attempt().answered(ACCEPTED);
    line.at("299s").checked().is("in-transit");
    line.at("300s").checked().is("overdue");
    line.at("20m").seen("INBOX").is("delivered-late");
    assertThat(line.canary.latency()).isEqualTo(Duration.ofMinutes(20));
  }

  @Test
  void lostThenLateAfterAll() {
    line.at("0s").attempt().answered(ACCEPTED);
    line.at("5m").checked().is("overdue");
    line.at("60m").checked().is("lost");
    line.at("9d").seen("INBOX").is("delivered-late");
  }

  @Test
  void seenOnlyAfterItsDeadlineButThereInTime() {
    line.at("0s").attempt().answered(ACCEPTED);
    line.at("5m").checked().is("overdue");
    line.at("6m").seenWithArrivalAt("30s", "INBOX").is("delivered");
    assertThat(line.canary.latency()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void inJunkIsMisfiled() {
    line.at("0s").attempt().answered(ACCEPTED);
    line.at("2s").seen("Junk").is("misfiled");
  }

  @Test
  void inAStrangersMailboxIsMisfiled() {
    line.at("0s").attempt().answered(ACCEPTED);
    line.at("2s").seen(new Arrival(line.now, Duration.ZERO, line.now, "other", "INBOX", "1"));
    line.is("misfiled");
  }

  @Test
  void copiesAreCountedAndTheSameMessageIsNot() {
    line.at("0s").attempt().answered(ACCEPTED);
    Arrival first = new Arrival(START, Duration.ZERO, START, "hosted", "INBOX", "1.7");
    Arrival second = new Arrival(START, Duration.ZERO, START, "hosted", "INBOX", "1.8");
    line.at("1s").seen(first).is("delivered");
    line.at("2s").seen(first).is("delivered");
    assertThat(line.canary.copies()).isEqualTo(1);
    line.at("3s").seen(second).is("delivered");
    assertThat(line.canary.copies()).isEqualTo(2);
  }

  @Test
  void refusedForNowIsTriedAgainWithGrowingGaps() {
    line.at("0s").attempt().answered(GREYLISTED).is("deferred").nextAttemptAt("5s");
    line.at("5s").attempt().answered(GREYLISTED).is("deferred").nextAttemptAt("15s");
    line.at("15s").attempt().answered(GREYLISTED).nextAttemptAt("35s");
    line.at("35s").attempt().answered(ACCEPTED).is("in-transit");
    assertThat(line.canary.attempts()).isEqualTo(4);
    line.at("36s").seen("INBOX").is("delivered");
    assertThat(line.canary.latency()).isEqualTo(Duration.ofSeconds(36));
  }

  @Test
  void heldUntilItIsGivenUp() {
    line.at("0s").attempt().answered(UNREACHABLE).is("deferred");
    assertThat(line.canary.cause()).isEqualTo(Cause.CONNECTION);
    for (String retry : List.of("5s", "15s", "35s", "75s", "155s", "315s", "635s", "1275s")) {
      line.at(retry).attempt().answered(UNREACHABLE).checked().is("deferred");
    }
    line.nextAttemptAt("2555s");
    line.at("2555s").attempt().answered(UNREACHABLE).nextAttemptAt("60m");
    line.at("60m").checked().is("lost");
    assertThat(line.canary.cause()).isEqualTo(Cause.EXPIRED);
  }

  @Test
  void whatWeHeldBackOurselvesIsNotHeldAgainstThePath() {
    line.at("0s").attempt().answered(GREYLISTED).nextAttemptAt("5s");
    line.at("10m").attempt().answered(ACCEPTED).is("in-transit");
    line.at("10m1s").checked().is("in-transit");
    line.at("10m2s").seen("INBOX").is("delivered");
    assertThat(line.canary.latency()).isNull();
  }

  @Test
  void itsDeadlinesCountFromThere() {
    line.at("0s").attempt().answered(GREYLISTED).nextAttemptAt("5s");
    line.at("10m5s").attempt().answered(ACCEPTED);
    line.at("14m59s").checked().is("in-transit");
    line.at("15m").checked().is("overdue");
    line.at("69m59s").checked().is("overdue");
    line.at("70m").checked().is("lost");
  }

  @Test
  void whatWeDidNotTryAgainWhileThereWasTimeIsNotLostByThePath() {
    line.at("0s").attempt().answered(GREYLISTED).nextAttemptAt("5s");
    line.at("59m59s").checked().is("deferred");
    line.at("60m").checked().is("unobservable");
  }

  @Test
  void aRetryThatIsSecondsLateIsMeasured() {
    line.at("0s").attempt().answered(GREYLISTED).nextAttemptAt("5s");
    line.at("20s").attempt().answered(ACCEPTED);
    line.at("21s").seen("INBOX").is("delivered");
    assertThat(line.canary.latency()).isEqualTo(Duration.ofSeconds(21));
  }

  @Test
  void refusedForGood() {
    line.at("0s").attempt().answered(REFUSED).is("rejected");
    line.at("2h").checked().is("rejected");
  }

  @Test
  void inDoubtIsNeverHeldAgainstThePath() {
    line.at("0s").attempt().answered(CUT_OFF).is("in-transit");
    assertThat(line.canary.isDoubtful()).isTrue();
    line.at("5m").checked().is("unobservable");
    line.at("2h").checked().is("unobservable");
  }

  @Test
  void inDoubtAndThereAfterAll() {
    line.at("0s").attempt().answered(CUT_OFF);
    line.at("4s").seen("INBOX").is("delivered");
  }

  @Test
  void seenBeforeTheAnswerHasReachedUs() {
    line.at("0s").attempt().seen("INBOX").is("delivered");
    line.at("1s").answered(ACCEPTED).is("delivered");
    assertThat(line.canary.sentAt()).isEqualTo(line.now);
  }

  @Test
  void blindTimeDoesNotCount() {
    line.at("0s").attempt().answered(ACCEPTED);
    line.at("6m").checkedBlind("4m").is("in-transit");
    line.at("8m").checked("4m").is("in-transit");
    line.at("9m").checked("4m").is("overdue");
  }

  @Test
  void blindAtTheDecisiveTime() {
    line.at("0s").attempt().answered(ACCEPTED);
    line.at("60m").checkedBlind("58m").is("unobservable");
    line.at("61m").seen("INBOX").is("delivered-late");
  }

  @Test
  void whatWasOnRecordWhenWeStoppedIsInDoubt() {
    line.at("0s").recovered().is("in-transit");
    assertThat(line.canary.isDoubtful()).isTrue();
    line.at("5m").checked().is("unobservable");
  }

  @Test
  void aRetryThatWasUnderWayWhenWeStoppedIsInDoubt() {
    line.at("0s").attempt().answered(GREYLISTED);
    line.at("5s").attempt().recovered().is("in-transit");
    assertThat(line.canary.isDoubtful()).isTrue();
  }

  @Test
  void aRetryThatWasOnlyDueWhenWeStoppedIsMadeLater() {
    line.at("0s").attempt().answered(GREYLISTED);
    line.at("3m").recovered().is("deferred");
    line.at("3m").attempt().answered(ACCEPTED).is("in-transit");
    assertThat(line.canary.isDoubtful()).isFalse();
  }

  @Test
  void aStepOfOurClockMovesDeadlinesAndVoidsTheLatency() {
    line.at("0s").attempt().answered(ACCEPTED);
    line.at("1s").event(new CanaryEvent.ClockStepped(line.now, Duration.ofHours(3)));
    line.at("3h1m").checked().is("in-transit");
    line.at("3h2m").seen("INBOX").is("delivered");
    assertThat(line.canary.latency()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 5s",
    "1, 5s",
    "2, 10s",
    "3, 20s",
    "4, 40s",
    "9, 1280s",
    "10, 2560s",
    "11, 3600s",
    "40, 3600s"
  })
  void gapsDoubleUpToAnHour(int attempts, String gap) {
    assertThat(CanaryLifecycle.gapAfter(attempts)).isEqualTo(duration(gap));
  }

  /// Whatever comes in whatever order: nothing throws, what arrived stays arrived, and nothing that
  /// is in doubt is ever held against its path.
  @Test
  void anyOrderOfEventsKeepsThePromises() {
    for (int seed = 0; seed < 2000; seed++) {
      Random random = new Random(seed);
      Timeline any = new Timeline();
      boolean doubted = false;
      for (int i = 0; i < 30; i++) {
        any.now = any.now.plusSeconds(random.nextInt(900));
        boolean had = any.canary.copies() > 0;
        any.anything(random);
        doubted |= any.canary.isDoubtful();
        if (had) {
          assertThat(any.canary.state().word()).isIn("delivered", "delivered-late", "misfiled");
        }
        if (doubted) {
          assertThat(any.canary.state().word())
              .as("seed %d", seed)
              .isNotIn("overdue", "lost", "rejected", "deferred");
        }
      }
    }
  }

  private static Duration duration(String text) {
    return Duration.parse(
        text.contains("d")
            ? "P" + text.replace("d", "D")
            : "PT" + text.toUpperCase(java.util.Locale.ROOT));
  }

  private static final class Timeline {
    Canary canary = Canaries.due();
    Instant now = START;

    Timeline at(String offset) {
      now = START.plus(duration(offset));
      return this;
    }

    Timeline event(CanaryEvent event) {
      canary = CanaryLifecycle.next(canary, event);
      return this;
    }

    Timeline attempt() {
      return event(new CanaryEvent.AttemptStarted(now));
    }

    Timeline answered(Evidence evidence) {
      return event(new CanaryEvent.Attempted(now, evidence));
    }

    Timeline seen(String folder) {
      return seen(Canaries.arrival(now, folder));
    }

    Timeline seenWithArrivalAt(String offset, String folder) {
      return seen(Canaries.arrival(START.plus(duration(offset)), folder));
    }

    Timeline seen(Arrival arrival) {
      return event(new CanaryEvent.Sighted(now, arrival, false, List.of()));
    }

    Timeline checked() {
      return event(new CanaryEvent.Checked(now, Sight.CLEAR));
    }

    Timeline checked(String blindFor) {
      return event(new CanaryEvent.Checked(now, new Sight(false, duration(blindFor), "away")));
    }

    Timeline checkedBlind(String blindFor) {
      return event(new CanaryEvent.Checked(now, new Sight(true, duration(blindFor), "away")));
    }

    Timeline recovered() {
      return event(new CanaryEvent.Recovered(now));
    }

    Timeline is(String word) {
      assertThat(canary.state().word()).isEqualTo(word);
      return this;
    }

    Timeline nextAttemptAt(String offset) {
      assertThat(canary.state())
          .isEqualTo(new CanaryState.Deferred(START.plus(duration(offset)), false));
      return this;
    }

    void anything(Random random) {
      switch (random.nextInt(8)) {
        case 0 -> attempt();
        case 1 -> answered(List.of(ACCEPTED, GREYLISTED, REFUSED, CUT_OFF).get(random.nextInt(4)));
        case 2 -> checked();
        case 3 -> checkedBlind(random.nextInt(3000) + "s");
        case 4 -> recovered();
        case 5 -> {
          @Nullable Arrival where = random.nextInt(4) == 0 ? Canaries.arrival(now, "INBOX") : null;
          if (where != null) {
            seen(where);
          }
        }
        case 6 ->
            event(
                new CanaryEvent.ClockStepped(now, Duration.ofSeconds(random.nextInt(7200) - 3600)));
        default -> checked(random.nextInt(3000) + "s");
      }
    }
  }
}
