package io.mailcanary.prober;

import static io.mailcanary.prober.FakeRelays.accepts;
import static io.mailcanary.prober.FakeRelays.answers;
import static io.mailcanary.prober.FakeRelays.defers;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Canaries;
import io.mailcanary.canary.Cause;
import io.mailcanary.canary.Stage;
import io.mailcanary.mailbox.FoundMessage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Timelines from handed over to fate.
class LookingTest {
  private final Scene scene = new Scene(Scene.path("a")).start();
  private final Scene confirmed = new Scene(Scene.confirmed("a")).start();

  @Test
  void looksGrowRarerAndStop() {
    scene.due("a");
    scene.at("1s");
    int early = scene.hosted().looks();
    scene.at("60s");
    int middle = scene.hosted().looks();
    scene.at("4m59s");
    int late = scene.hosted().looks();
    assertThat(early).isBetween(5, 12);
    assertThat(middle).isBetween(early + 3, early + 12);
    assertThat(late).isBetween(middle + 1, 24);
    scene.at("2h");
    assertThat(scene.hosted().looks()).isLessThanOrEqualTo(24);
  }

  @Test
  void aLookFindsWhatNobodyPushes() {
    scene.hosted().keepSilent();
    scene.due("a");
    FoundMessage message = scene.arrives(0);
    scene.at("0.1s").isStateOf(0, "delivered");
    assertThat(scene.hosted().holds(message)).isFalse();
    assertThat(scene.hosted().looks()).isEqualTo(1);
  }

  @Test
  void looksLearnThePathsOwnTime() {
    scene.hosted().keepSilent();
    int looks = 0;
    for (int i = 0; i < 60; i++) {
      scene.at(i * 60 + "s").due("a");
      int before = scene.hosted().looks();
      scene.at(i * 60 + 2 + "s");
      scene.arrives(i);
      scene.at(i * 60 + 20 + "s").isStateOf(i, "delivered");
      if (i >= 40) {
        looks += scene.hosted().looks() - before;
      }
    }
    assertThat(looks / 20.0).isLessThan(3);
  }

  @Test
  void anArrivalInTimeIsNoReasonToProveTheMailbox() {
    for (int i = 0; i < 30; i++) {
      scene.at(i * 60 + "s").due("a");
      scene.at(i * 60 + 0.5 + "s");
      scene.arrives(i);
    }
    assertThat(scene.hosted().count("prove")).isZero();
  }

  @Test
  void theFirstDoubtComesWhenItTakesLongerThanUsualAndTheMailboxIsProvenOnce() {
    scene.due("a").at("29.9s");
    assertThat(scene.hosted().count("prove")).isZero();
    scene.isHealth("a", "pending").at("30s");
    assertThat(scene.hosted().count("prove")).isEqualTo(1);
    scene.at("31s").isHealth("a", "degraded");
    assertThat(scene.reason("a")).contains("slow: not there after 31 s");
    scene.at("1h");
    assertThat(scene.hosted().count("prove")).isEqualTo(1);
  }

  @Test
  void aQuickPathIsDoubtedSooner() {
    for (int i = 0; i < 30; i++) {
      scene.at(i * 60 + "s").due("a");
      scene.at(i * 60 + 1 + "s");
      scene.arrives(i);
    }
    scene.at("1800s").due("a").at("1801.9s");
    assertThat(scene.hosted().count("prove")).isZero();
    scene.at("1802s");
    assertThat(scene.hosted().count("prove")).isEqualTo(1);
  }

  @Test
  void atTheFirstDoubtThreeMoreAreSentFiveSecondsApartOnce() {
    confirmed.due("a").at("34.9s");
    assertThat(confirmed.relays.attempts).hasSize(1);
    confirmed.at("5m");
    assertThat(confirmed.relays.attempts)
        .extracting(attempt -> Duration.between(Canaries.START, attempt.at()))
        .containsExactly(
            Duration.ZERO, Duration.ofSeconds(35), Duration.ofSeconds(40), Duration.ofSeconds(45));
  }

  @Test
  void aBurstThatArrivesClearsThePath() {
    confirmed.relays.script("campus-out", defers(), accepts());
    confirmed.due("a").isHealth("a", "deferring");
    for (int i = 1; i <= 4; i++) {
      confirmed.at(i * 5 + "s");
    }
    assertThat(confirmed.relays.attempts).hasSize(5);
    for (int i = 1; i <= 4; i++) {
      confirmed.arrives(i);
    }
    confirmed.isHealth("a", "ok");
  }

  @Test
  void whoAsksForLessMailGetsNoBurst() {
    confirmed.relays.script(
        "campus-out", answers(Stage.RCPT, "421 4.7.28 rate limit exceeded"), accepts());
    confirmed.due("a").at("4s").isStateOf(0, "deferred").at("29s");
    assertThat(confirmed.relays.attempts).hasSize(2);
  }

  @Test
  void aPausedPathIsNotAskedAgain() {
    confirmed.due("a").at("20s");
    confirmed.prober.pause("a");
    confirmed.at("4m");
    assertThat(confirmed.relays.attempts).hasSize(1);
  }

  @Test
  void aPathThatIsPausedMeanwhileGetsNoMoreOfItsBurst() {
    confirmed.due("a").at("36s");
    confirmed.prober.pause("a");
    confirmed.at("4m");
    assertThat(confirmed.relays.attempts).hasSize(2);
  }

  @Test
  void overdueThenLostThenThereAfterAll() {
    scene.due("a").at("4m59.9s").isStateOf(0, "in-transit");
    scene.at("5m").isStateOf(0, "overdue").isHealth("a", "deferring");
    assertThat(scene.reason("a")).contains("no proof of arrival after 5 min");
    scene.at("59m59s").isStateOf(0, "overdue");
    scene.at("60m").isStateOf(0, "lost");
    assertThat(scene.canary(0).cause()).isEqualTo(Cause.UNKNOWN);
    assertThat(scene.isInMemory(0)).isFalse();
    scene.at("9d");
    FoundMessage message = scene.arrives(0);
    scene.isStateOf(0, "delivered-late");
    assertThat(scene.hosted().holds(message)).isFalse();
    assertThat(scene.isInMemory(0)).isFalse();
  }

  @Test
  void overdueThenLate() {
    scene.due("a").at("20m");
    scene.arrives(0);
    scene.isStateOf(0, "delivered-late");
    assertThat(scene.canary(0).latency()).isEqualTo(Duration.ofMinutes(20));
  }

  @Test
  void foundLateButThereInTimeIsDelivered() {
    scene.due("a").at("6m").isStateOf(0, "overdue");
    scene.hosted().put("INBOX", scene.sent(0), Canaries.START.plusSeconds(9));
    scene.isStateOf(0, "delivered");
    assertThat(scene.canary(0).latency()).isEqualTo(Duration.ofSeconds(9));
  }

  @Test
  void copiesAreCountedAndDeletedEachOnce() {
    scene.due("a");
    scene.arrives(0);
    FoundMessage second = scene.arrives(0);
    assertThat(scene.canary(0).copies()).isEqualTo(2);
    assertThat(scene.hosted().holds(second)).isFalse();
    scene.isHealth("a", "degraded");
    assertThat(scene.reason("a")).isEqualTo("delivered 2 times");
    assertThat(scene.isInMemory(0)).isFalse();
  }

  @Test
  void aCopyThatIsToldAgainBeforeItIsOnRecordCountsOnce() {
    scene.due("a");
    scene.ledger.hold();
    scene.arrives(0);
    scene.arrives(0);
    scene.hosted().see();
    assertThat(scene.canary(0).copies()).isEqualTo(2);
    scene.ledger.release();
    assertThat(scene.canary(0).copies()).isEqualTo(2);
    assertThat(scene.hosted().content()).isEmpty();
  }

  @Test
  void inJunkIsMisfiledAndDeletedThere() {
    scene.due("a");
    FoundMessage message = scene.hosted().put("Junk", scene.sent(0));
    scene.isStateOf(0, "misfiled").isHealth("a", "degraded");
    assertThat(scene.reason("a")).contains("misfiled");
    assertThat(scene.hosted().deleted).isEqualTo(List.of(message.key()));
    assertThat(scene.view("a").lastDelivered()).isNull();
  }

  @Test
  void changedOnTheWayIsDegraded() {
    scene.due("a");
    scene.hosted().put("INBOX", scene.sent(0).replace("Nobody needs", "Everybody needs"));
    scene.isStateOf(0, "delivered").isHealth("a", "degraded");
    assertThat(scene.canary(0).altered()).isTrue();
    assertThat(scene.reason("a")).contains("content changed");
  }

  @Test
  void cutOffOnTheWayIsDegraded() {
    scene.due("a");
    String raw = scene.sent(0);
    scene.hosted().put("INBOX", raw.substring(0, raw.indexOf("still")), scene.now());
    assertThat(scene.canary(0).altered()).isTrue();
  }

  @Test
  void whatRelaysMayChangeIsNoChange() {
    scene.due("a");
    String raw = scene.sent(0).replace("\r\n", "\n");
    scene.hosted().put("INBOX", raw + "  \n\n", scene.now(), raw.length() + 400L);
    assertThat(scene.canary(0).altered()).isFalse();
    scene.isHealth("a", "ok");
  }

  @Test
  void seenBeforeTheRelaysAnswerIsNoticed() {
    scene.relays.whenTaken(
        attempt -> scene.hosted().put("INBOX", FakeReader.delivered(attempt.bytes())));
    scene.due("a").isStateOf(0, "delivered");
    assertThat(scene.canary(0).sentAt()).isNotNull();
    assertThat(scene.isInMemory(0)).isFalse();
    assertThat(scene.ledger.kinds(scene.id(0))).containsExactly("scheduled", "sighted", "accepted");
  }
}
