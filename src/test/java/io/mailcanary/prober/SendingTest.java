package io.mailcanary.prober;

import static io.mailcanary.prober.FakeRelays.accepts;
import static io.mailcanary.prober.FakeRelays.answers;
import static io.mailcanary.prober.FakeRelays.breaksOff;
import static io.mailcanary.prober.FakeRelays.defers;
import static io.mailcanary.prober.FakeRelays.isUnreachable;
import static io.mailcanary.prober.FakeRelays.refuses;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mailcanary.canary.Canaries;
import io.mailcanary.canary.Cause;
import io.mailcanary.canary.Stage;
import io.mailcanary.mailbox.FoundMessage;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Message;
import io.mailcanary.path.Paths;
import io.mailcanary.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Timelines from due to handed over.
class SendingTest {
  private final Scene scene = new Scene(Scene.path("a"), Scene.path("b")).start();

  @Test
  void onRecordBeforeItIsSentAndDeletedOnceItsArrivalIsOnRecord() {
    scene.at("1s").due("a").isStateOf(0, "in-transit");
    scene.at("3s");
    FoundMessage message = scene.arrives(0);

    scene.isStateOf(0, "delivered");
    assertThat(scene.canary(0).latency()).isEqualTo(Duration.ofSeconds(2));
    assertThat(scene.log)
        .containsExactly(
            "record scheduled",
            "submit to campus-out",
            "record accepted",
            "record sighted",
            "delete " + message.uid());
    assertThat(scene.isInMemory(0)).isFalse();
    scene.isHealth("a", "ok").isHealth("b", "pending");
  }

  @Test
  void nothingIsDeletedWhileItsArrivalIsNotOnRecord() {
    scene.due("a");
    scene.ledger.hold();
    FoundMessage message = scene.arrives(0);
    scene.isStateOf(0, "delivered");

    assertThat(scene.hosted().holds(message)).isTrue();
    assertThat(scene.isInMemory(0)).isTrue();
    scene.ledger.release();
    assertThat(scene.hosted().holds(message)).isFalse();
    assertThat(scene.isInMemory(0)).isFalse();
  }

  @Test
  void toldTwiceBeforeItIsOnRecordItIsDeletedOnce() {
    scene.due("a");
    scene.ledger.hold();
    scene.arrives(0);
    scene.hosted().see();
    scene.ledger.release();

    assertThat(scene.hosted().deleted).hasSize(1);
    assertThat(scene.canary(0).copies()).isEqualTo(1);
  }

  @Test
  void aSlotIsOneCommit() {
    scene.due("a", "b");

    assertThat(scene.log.subList(0, 3))
        .containsExactly("record scheduled", "record scheduled", "submit to campus-out");
  }

  @Test
  void aFewCanariesOfASlotLeaveAtATime() {
    Scene crowd = new Scene(paths(101)).start();

    crowd.due(names(8)).at("1s").due(names(101)).at("2s");

    List<Long> millis =
        crowd.relays.attempts.stream()
            .map(one -> Duration.between(Canaries.START, one.at()).toMillis())
            .toList();
    assertThat(millis.subList(0, 15))
        .containsExactly(
            0L, 0L, 0L, 0L, 0L, 230L, 230L, 230L, 1000L, 1000L, 1000L, 1000L, 1000L, 1033L, 1033L);
    assertThat(millis).hasSize(109).endsWith(1633L, 1666L);
  }

  @Test
  void whoClosesAmidASlotSendsTheRestFirst() throws InterruptedException {
    Scene crowd = new Scene(paths(8)).start();
    crowd.due(names(8));
    Thread closing = Thread.ofVirtual().start(crowd.prober::close);
    await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);
    crowd.at("1s");

    assertThat(closing.join(Duration.ofSeconds(4))).isTrue();
    assertThat(crowd.submissions()).hasSize(8);
  }

  private static MailPath[] paths(int count) {
    return Stream.of(names(count)).map(Scene::path).toArray(MailPath[]::new);
  }

  private static String[] names(int count) {
    return IntStream.range(0, count).mapToObj(n -> "p" + n).toArray(String[]::new);
  }

  @Test
  void withoutARecordNothingIsSentAndNobodyIsBlamed() {
    scene.due("a");
    scene.arrives(0);
    scene.isHealth("a", "ok");
    scene.ledger.goAway();
    scene.at("60s").due("a", "b");

    assertThat(scene.submissions()).hasSize(1);
    scene.isHealth("a", "ok").isHealth("b", "pending");
    assertThatThrownBy(() -> scene.prober.sendNow("a")).isInstanceOf(StoreException.class);
    assertThat(scene.submissions()).hasSize(1);
    assertThat(scene.view("a").inFlight()).isZero();

    scene.ledger.comeBack();
    scene.at("120s").due("a");
    assertThat(scene.submissions()).hasSize(2);
  }

  @Test
  void aPathWhoseRecordIsAwayForLongIsBlindNotOk() {
    scene.due("a");
    scene.arrives(0);
    scene.ledger.goAway();
    scene.at("9m").due("a").isHealth("a", "blind");
    assertThat(scene.reason("a")).contains("no canary was sent for 9 min");
  }

  @Test
  void aRefusedConnectionIsTriedAgainWithGrowingGaps() {
    scene.relays.script("campus-out", isUnreachable(), isUnreachable(), isUnreachable(), accepts());
    scene.due("a").isStateOf(0, "deferred").isHealth("a", "deferring");
    assertThat(scene.canary(0).cause()).isEqualTo(Cause.CONNECTION);
    assertThat(scene.reason("a")).contains("smtp.campus.example:25 at connect");

    scene.at("4.999s");
    assertThat(scene.relays.attempts).hasSize(1);
    scene.at("5s");
    assertThat(scene.relays.attempts).hasSize(2);
    scene.at("14.999s");
    assertThat(scene.relays.attempts).hasSize(2);
    scene.at("15s");
    assertThat(scene.relays.attempts).hasSize(3);
    scene.at("34.999s");
    assertThat(scene.relays.attempts).hasSize(3);
    scene.at("35s").isStateOf(0, "in-transit");
    assertThat(scene.ledger.kinds(scene.id(0)))
        .containsExactly(
            "scheduled",
            "deferred",
            "attempt-started",
            "deferred",
            "attempt-started",
            "deferred",
            "attempt-started",
            "accepted");
    scene.at("36s");
    scene.arrives(3);
    scene.isStateOf(0, "delivered");
    assertThat(scene.canary(0).latency()).isEqualTo(Duration.ofSeconds(36));
    scene.isHealth("a", "degraded");
  }

  @Test
  void aRetryIsOnRecordBeforeItIsMade() {
    scene.relays.script("campus-out", defers(), accepts());
    scene.due("a");
    scene.ledger.goAway();
    scene.at("30s");
    assertThat(scene.relays.attempts).hasSize(1);
    scene.isStateOf(0, "deferred");

    scene.ledger.comeBack();
    scene.at("36s").isStateOf(0, "in-transit");
    assertThat(scene.log)
        .containsSubsequence(
            "submit to campus-out", "record attempt-started", "submit to campus-out");
    assertThat(scene.canary(0).attempts()).isEqualTo(2);
  }

  @Test
  void aRetrySendsTheSameBytes() {
    MailPath large = Paths.with(Scene.path("a"), new Message(100_000, Optional.empty()));
    Scene other = new Scene(large).start();
    other.relays.script("campus-out", answers(Stage.END_OF_DATA, "451 4.3.0 later"), accepts());
    other.due("a").at("5s");

    assertThat(other.relays.attempts.get(1).bytes())
        .isEqualTo(other.relays.attempts.get(0).bytes())
        .hasSizeGreaterThanOrEqualTo(100_000);
    other.arrives(1);
    other.isStateOf(0, "delivered");
    assertThat(other.canary(0).altered()).isFalse();
  }

  @Test
  void heldUntilItIsGivenUp() {
    scene.relays.script("campus-out", defers());
    scene.due("a").at("59m").isStateOf(0, "deferred");
    int tried = scene.relays.attempts.size();
    scene.at("60m").isStateOf(0, "lost");
    assertThat(scene.canary(0).cause()).isEqualTo(Cause.EXPIRED);
    assertThat(scene.isInMemory(0)).isFalse();
    scene.at("3h");
    assertThat(scene.relays.attempts).hasSize(tried);
  }

  @Test
  void refusedForGoodIsNotTriedAgain() {
    scene.relays.script("campus-out", refuses());
    scene.due("a").isStateOf(0, "rejected").isHealth("a", "failing").at("2h");
    assertThat(scene.relays.attempts).hasSize(1);
    assertThat(scene.isInMemory(0)).isFalse();
  }

  @Test
  void inDoubtIsNeverSentAgainNorHeldAgainstThePath() {
    scene.relays.script("campus-out", breaksOff());
    scene.due("a").isStateOf(0, "in-transit").isHealth("a", "pending");
    scene.at("5m").isStateOf(0, "unobservable").isHealth("a", "pending").at("2h");
    assertThat(scene.relays.attempts).hasSize(1);
  }

  @Test
  void seenAlthoughItWasDeferredItIsNotTriedAgain() {
    scene.relays.script("campus-out", answers(Stage.END_OF_DATA, "451 4.3.0 later"), accepts());
    scene.due("a").isStateOf(0, "deferred");
    scene.at("3s");
    scene.arrives(0);
    scene.at("1h").isStateOf(0, "delivered");
    assertThat(scene.relays.attempts).hasSize(1);
  }

  @Test
  void seenWhileItsRetryIsPutOnRecordTheRecordEndsWithTheArrival() {
    scene.relays.script("campus-out", answers(Stage.END_OF_DATA, "451 4.3.0 later"), accepts());
    scene.due("a");
    scene.ledger.beforeNextCommit(() -> scene.arrives(0));
    scene.at("5s").isStateOf(0, "delivered");
    assertThat(scene.relays.attempts).hasSize(1);
    assertThat(scene.ledger.find(scene.id(0)).orElseThrow().state().word()).isEqualTo("delivered");
    assertThat(scene.isInMemory(0)).isFalse();
  }

  @Test
  void anAgendaThatIsAheadOfOurClockForgetsNoRetry() {
    scene.relays.script("campus-out", defers(), accepts());
    scene.due("a");
    scene.stepClock(Duration.ofMillis(-100));
    scene.at("5s");
    assertThat(scene.relays.attempts).hasSize(1);
    scene.at("6s").isStateOf(0, "in-transit");
  }

  @Test
  void aReturnPathOfItsOwnCarriesTheTag() {
    MailPath verp = Paths.with(Scene.path("a"), MailPath.ReturnPath.VERP);
    Scene other = new Scene(verp).start();
    other.due("a");
    FakeRelays.Attempt attempt = other.relays.attempts.getFirst();
    assertThat(requireNonNull(attempt.message().sender()).local())
        .isEqualTo("canary+" + attempt.tag());
    assertThat(attempt.message().notifications()).isTrue();
  }

  @Test
  void firstLightIsForPathsThatWereNeverProbed() {
    scene.due("a");
    scene.prober.firstLight();
    assertThat(scene.ledger.journal())
        .filteredOn(entry -> entry.event().kind().equals("scheduled"))
        .extracting(entry -> entry.canary().path())
        .containsExactly("a", "b");
    scene.prober.firstLight();
    assertThat(scene.submissions()).hasSize(2);
  }
}
