package io.mailcanary.prober;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Canaries;
import io.mailcanary.runtime.Part;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Timelines of an observer that cannot see, stood still, or had its clock set.
class SightTest {
  private final Scene scene = new Scene(Scene.confirmed("a")).start();

  @Test
  void aBlindMailboxMakesItsPathBlindAndNobodyLate() {
    scene.due("a").at("10s");
    scene.hosted().goBlind("login refused");
    scene.isHealth("a", "blind");
    assertThat(scene.reason("a")).isEqualTo("mailbox hosted: login refused");
    assertThat(scene.board.parts()).extracting(Part::ok).containsExactly(false);

    scene.at("50m").isStateOf(0, "in-transit").isHealth("a", "blind");
    assertThat(scene.relays.attempts).as("no burst while nothing can be seen").hasSize(1);
  }

  @Test
  void whenSightReturnsTheTrueTimeOfArrivalCounts() {
    scene.due("a").at("10s");
    scene.hosted().goBlind("login refused");
    scene.at("12s");
    scene.arrives(0);
    scene.at("50m").isStateOf(0, "in-transit");
    scene.hosted().see();
    scene.isStateOf(0, "delivered");
    assertThat(scene.canary(0).latency()).isEqualTo(Duration.ofSeconds(12));
    assertThat(scene.reason("a")).contains("no canary was sent for 50 min");
    assertThat(scene.board.parts()).extracting(Part::ok).containsExactly(true);
  }

  @Test
  void blindTimeMovesTheDeadlines() {
    scene.due("a").at("1m");
    scene.hosted().goBlind("gone");
    scene.at("11m");
    scene.hosted().see();
    scene.at("14m59s").isStateOf(0, "in-transit");
    scene.at("15m").isStateOf(0, "overdue");
    scene.at("69m59s").isStateOf(0, "overdue");
    scene.at("70m").isStateOf(0, "lost");
  }

  @Test
  void blindAtTheEndIsUnobservable() {
    scene.due("a").at("1m");
    scene.hosted().goBlind("gone");
    scene.at("2h").isStateOf(0, "unobservable");
    assertThat(scene.isInMemory(0)).isFalse();
    scene.hosted().see();
    scene.due("a").isHealth("a", "pending");
  }

  @Test
  void blindJustBeforeADeadlineIsWaitedOutInSteps() {
    scene.due("a").at("4m59.999s");
    scene.hosted().goBlind("gone");
    int before = scene.ledger.journal().size();
    scene.at("59m").isStateOf(0, "in-transit");
    assertThat(scene.ledger.journal()).hasSize(before);
    scene.hosted().see();
    scene.at("59m1s").isStateOf(0, "overdue");
  }

  @Test
  void aReaderThatHasJustBegunIsGivenAMoment() {
    Scene dark = new Scene(Scene.path("a")).startInTheDark();
    dark.at("9s").isHealth("a", "pending");
    dark.at("11s").isHealth("a", "blind");
    assertThat(dark.reason("a")).contains("its reader has not seen it yet");
  }

  @Test
  void refusedAndBlindIsRefused() {
    scene.relays.script("campus-out", FakeRelays.refuses());
    scene.due("a");
    scene.hosted().goBlind("gone");
    scene.isHealth("a", "failing");
  }

  @Test
  void aStepOfOurClockVoidsTheLatencyAndBlamesNobody() {
    scene.due("a").at("1s");
    scene.stepClock(Duration.ofHours(3));
    scene.prober.clockStepped(Duration.ofHours(3));
    scene.at("2s");
    scene.arrives(0);
    scene.isStateOf(0, "delivered").isHealth("a", "ok");
    assertThat(scene.canary(0).latency()).isNull();
    assertThat(scene.board.tally("a").deliveries().seconds()).isZero();
  }

  @Test
  void deadlinesMoveWithTheClock() {
    scene.due("a").at("1s");
    scene.stepClock(Duration.ofHours(-3));
    scene.prober.clockStepped(Duration.ofHours(-3));
    scene.at("4m59s").isStateOf(0, "in-transit");
    assertThat(scene.hosted().looks()).isGreaterThan(12);
    scene.at("5m").isStateOf(0, "overdue");
    scene.at("1h").isStateOf(0, "lost");
  }

  @Test
  void aRetryMovesWithTheClock() {
    Scene plain = new Scene(Scene.path("a")).start();
    plain.relays.script("campus-out", FakeRelays.defers(), FakeRelays.accepts());
    plain.due("a").at("1s");
    plain.stepClock(Duration.ofHours(-3));
    plain.prober.clockStepped(Duration.ofHours(-3));
    plain.at("5s").isStateOf(0, "in-transit");
  }

  @Test
  void whileThisProcessStoodStillNothingCouldBeSeen() {
    scene.due("a").at("1m");
    scene.prober.stalled(Canaries.START.plusSeconds(10), Canaries.START.plusSeconds(50));
    scene.at("5m39s").isStateOf(0, "in-transit");
    scene.at("5m40s").isStateOf(0, "overdue");
  }
}
