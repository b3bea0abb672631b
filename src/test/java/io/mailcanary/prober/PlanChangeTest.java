package io.mailcanary.prober;

import static io.mailcanary.prober.FakeRelays.accepts;
import static io.mailcanary.prober.FakeRelays.defers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.canary.CanaryId;
import io.mailcanary.mailbox.FoundMessage;
import io.mailcanary.path.Paths;
import io.mailcanary.path.Relay;
import io.mailcanary.runtime.Part;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Timelines of people who pause, resume, ask for a canary, or change the probe files.
class PlanChangeTest {
  private final Scene scene = new Scene(Scene.path("a"), Scene.path("b")).start();

  @Test
  void aPausedPathSendsNothingUntilItIsResumed() {
    assertThat(scene.prober.pause("a")).isTrue();
    scene.due("a", "b").isHealth("a", "paused");
    assertThat(scene.submissions()).hasSize(1);
    assertThat(scene.prober.resume("a")).isTrue();
    scene.due("a").isHealth("a", "pending");
    assertThat(scene.submissions()).hasSize(2);
    assertThat(scene.prober.pause("nobody")).isFalse();
    assertThat(scene.prober.resume("nobody")).isFalse();
  }

  @Test
  void aPauseOutlivesARestart() {
    scene.prober.pause("a");
    scene.restart();
    scene.due("a").isHealth("a", "paused");
    assertThat(scene.submissions()).isEmpty();
  }

  @Test
  void whatIsOnItsWayWhenAPathIsPausedIsStillBooked() {
    scene.due("a");
    scene.prober.pause("a");
    scene.arrives(0);
    scene.isStateOf(0, "delivered");
  }

  @Test
  void oneCanaryNowIsSentEvenOnAPausedPath() {
    scene.prober.pause("a");
    Optional<CanaryId> id = scene.prober.sendNow("a");
    assertThat(id).contains(scene.id(0));
    scene.arrives(0);
    scene.isStateOf(0, "delivered").isHealth("a", "paused");
    assertThat(scene.prober.sendNow("nobody")).isEmpty();
  }

  @Test
  void aDisabledPathIsPaused() {
    Scene other = new Scene(Paths.disabled(Scene.path("a"))).start();
    other.due("a").isHealth("a", "paused");
    assertThat(other.submissions()).isEmpty();
  }

  @Test
  void aPathThatIsGoneIsShownNoMoreAndItsCanariesAreStillBooked() {
    scene.due("a");
    scene.follow(Scene.plan(Scene.path("b")));
    assertThat(scene.board.path("a")).isEmpty();
    scene.due("a");
    assertThat(scene.submissions()).hasSize(1);
    FoundMessage message = scene.arrives(0);
    scene.isStateOf(0, "delivered");
    assertThat(scene.hosted().holds(message)).isFalse();
    assertThat(scene.isInMemory(0)).isFalse();
    assertThat(scene.board.path("a")).isEmpty();
  }

  @Test
  void aCanaryOfAPathThatIsGoneStillReachesItsEnd() {
    scene.due("a");
    scene.follow(Scene.plan(Scene.path("b")));
    scene.at("5m").isStateOf(0, "overdue").at("1h").isStateOf(0, "lost");
    assertThat(scene.isInMemory(0)).isFalse();
  }

  @Test
  void aNewPathIsShownAtOnce() {
    scene.follow(Scene.plan(Scene.path("a"), Scene.path("b"), Scene.path("c")));
    scene.isHealth("c", "pending").due("c");
    assertThat(scene.submissions()).hasSize(1);
  }

  @Test
  void theSameFilesAgainLeaveTheReadersAlone() {
    scene.follow(Scene.plan(Scene.path("a"), Scene.path("b")));
    assertThat(scene.readersOf("hosted")).hasSize(1);
    assertThat(scene.hosted().asked).containsExactly("start");
  }

  @Test
  void aChangedMailboxGetsANewReaderAndTheOldOneIsClosedAndNotHeardAnyMore() {
    scene.due("a");
    FakeReader old = scene.hosted();
    scene.follow(
        Scene.plan(
            Paths.relay("campus-out"), Scene.mailbox("hosted", "/elsewhere"), Scene.path("a")));
    assertThat(scene.readersOf("hosted")).hasSize(2);
    await().until(() -> old.asked.contains("close"));
    old.goBlind("closed");
    assertThat(scene.board.parts()).extracting(Part::ok).containsExactly(true);
    scene.at("1s");
    assertThat(old.looks()).isZero();
    assertThat(scene.hosted().looks()).isPositive();
    scene.arrives(0);
    scene.isStateOf(0, "delivered");
  }

  @Test
  void aMailboxThatIsGoneIsClosedAndWhatWasToArriveThereIsUnobservable() {
    scene.due("a");
    FakeReader old = scene.hosted();
    scene.follow(Scene.plan(Paths.relay("campus-out"), Scene.mailbox("other", "/other")));
    await().until(() -> old.asked.contains("close"));
    assertThat(scene.board.parts()).extracting(Part::name).containsExactly("mailbox:other");
    scene.at("2h").isStateOf(0, "unobservable");
    assertThat(scene.isInMemory(0)).isFalse();
  }

  @Test
  void aCanaryUnderWayKeepsTheRelayItLeftWith() {
    scene.relays.script("campus-out", defers(), accepts());
    scene.due("a");
    Relay other = Paths.relay("campus-out");
    Relay moved =
        new Relay(
            other.name(),
            other.protocol(),
            "192.0.2.1",
            other.port(),
            other.tls(),
            other.login(),
            other.helo(),
            other.bindAddress(),
            other.limit(),
            other.eachAddress(),
            other.connectTimeout(),
            other.replyTimeout());
    scene.follow(Scene.plan(moved, Scene.mailbox("hosted", "/var/mail/hosted"), Scene.path("a")));
    scene.at("5s").due("a");
    assertThat(scene.relays.attempts)
        .extracting(attempt -> attempt.to().host())
        .containsExactly("127.0.0.1", "127.0.0.1", "192.0.2.1");
  }
}
