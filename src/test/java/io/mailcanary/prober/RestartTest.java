package io.mailcanary.prober;

import static io.mailcanary.prober.FakeRelays.accepts;
import static io.mailcanary.prober.FakeRelays.defers;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Canaries;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryLifecycle;
import io.mailcanary.mailbox.FoundMessage;
import io.mailcanary.path.Paths;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Timelines with a sudden end in them.
class RestartTest {
  private final Scene scene = new Scene(Scene.path("a")).start();

  @Test
  void whatWasOnlyPendingOnRecordIsInDoubtAndNeverSentAgain() {
    scene.ledger.hold();
    scene.due("a").isStateOf(0, "in-transit");
    scene.restart();
    scene.ledger.release();
    scene.isStateOf(0, "in-transit");
    assertThat(scene.canary(0).isDoubtful()).isTrue();
    scene.at("5m").isStateOf(0, "unobservable").isHealth("a", "pending");
    scene.at("2h");
    assertThat(scene.submissions()).hasSize(1);
    assertThat(scene.isInMemory(0)).isFalse();
  }

  @Test
  void inDoubtAndThereAfterAll() {
    scene.ledger.hold();
    scene.due("a");
    scene.restart();
    scene.ledger.release();
    scene.at("3s");
    scene.arrives(0);
    scene.isStateOf(0, "delivered").isHealth("a", "ok");
  }

  @Test
  void whatWasDeferredIsTriedAgain() {
    scene.relays.script("campus-out", defers(), accepts());
    scene.due("a").at("2s");
    scene.restart();
    scene.at("5s").isStateOf(0, "in-transit");
    assertThat(scene.submissions()).hasSize(2);
  }

  @Test
  void aRetryThatWasUnderWayIsInDoubt() {
    scene.relays.script("campus-out", defers(), accepts());
    scene.due("a");
    scene.ledger.hold();
    scene.at("5s");
    assertThat(scene.submissions()).hasSize(2);
    scene.restart();
    scene.ledger.release();
    assertThat(scene.canary(0).isDoubtful()).isTrue();
    scene.at("2h").isStateOf(0, "unobservable");
    assertThat(scene.submissions()).hasSize(2);
  }

  @Test
  void whatAnotherReplicaTookOverIsNotTriedAgainHere() {
    scene.relays.script("campus-out", defers(), accepts());
    scene.due("a").at("2s");
    scene.ledger.take(scene.id(0));
    scene.at("1h");
    assertThat(scene.submissions()).hasSize(1);
    assertThat(scene.isInMemory(0)).isFalse();
    assertThat(scene.ledger.kinds(scene.id(0))).doesNotContain("attempt-started");
  }

  @Test
  void aReplicaThatMayHaveBeenThoughtDeadLetsGoOfWhatOthersTook() {
    scene.due("a").at("2s");
    scene.due("a");
    scene.ledger.take(scene.id(0));
    scene.prober.giveWhatWasTaken();
    assertThat(scene.isInMemory(0)).isFalse();
    assertThat(scene.isInMemory(1)).isTrue();
    scene.at("2h");
    assertThat(scene.ledger.kinds(scene.id(0))).as("its owner waits").doesNotContain("checked");
    assertThat(scene.ledger.kinds(scene.id(1))).contains("checked");
  }

  @Test
  void whatIsOursByTheRecordAloneIsGoneOnWithInDoubt() {
    Scene other = new Scene(Scene.path("a")).start();
    other.due("a");
    var _ = scene.ledger.write(List.of(other.ledger.journal().getFirst()));
    scene.at("20s").prober.giveWhatWasTaken();
    assertThat(scene.prober.inMemory(other.id(0))).as("it may be being launched").isEmpty();
    scene.at("31s").prober.giveWhatWasTaken();
    assertThat(scene.prober.inMemory(other.id(0)).orElseThrow().isDoubtful()).isTrue();
    scene.at("2h");
    assertThat(scene.submissions()).isEmpty();
    assertThat(scene.ledger.open()).isEmpty();
  }

  @Test
  void whatOthersLeftIsGoneOnWith() {
    scene.relays.script("campus-out", defers(), accepts());
    scene.due("a").at("2s");
    List<Canary> open = scene.ledger.open();
    Scene heir = new Scene(Scene.path("a"));
    heir.prober.startAmongOthers();
    heir.ledger.write(scene.ledger.journal());
    heir.prober.takeOver(open);
    heir.at("5s");
    assertThat(heir.submissions()).hasSize(1);
  }

  @Test
  void theNetOfAMailboxIsKeptByWhoeverIsToAndANewReaderKnows() {
    assertThat(scene.hosted().keepsNet()).isTrue();
    scene.prober.share(_ -> false, 2);
    assertThat(scene.hosted().keepsNet()).isFalse();
    scene.follow(
        Scene.plan(
            Paths.relay("campus-out"), Scene.mailbox("hosted", "/elsewhere"), Scene.path("a")));
    assertThat(scene.readersOf("hosted")).hasSize(2);
    assertThat(scene.hosted().keepsNet()).isFalse();
    scene.prober.share(_ -> true, 1);
    assertThat(scene.hosted().keepsNet()).isTrue();
  }

  @Test
  void whatOthersWroteOfACanaryIsKnownHere() {
    scene.due("a").at("2s");
    Canary seen =
        CanaryLifecycle.next(
            scene.canary(0),
            new CanaryEvent.Sighted(
                scene.now(), Canaries.arrival(scene.now(), "INBOX"), false, List.of()));
    scene.prober.stands(seen);
    scene.isHealth("a", "ok");
    assertThat(scene.isInMemory(0)).isFalse();
    scene.at("2h");
    assertThat(scene.ledger.kinds(scene.id(0))).as("it is over").doesNotContain("checked");
  }

  @Test
  void whatWasOnItsWayGoesOn() {
    scene.due("a").at("4m");
    scene.restart();
    scene.at("5m").isStateOf(0, "overdue");
    scene.restart();
    scene.at("60m").isStateOf(0, "lost");
  }

  @Test
  void whatArrivedWhileWeWereDownIsBookedWithItsOwnTime() {
    scene.due("a");
    scene.hosted().goBlind("about to die");
    scene.at("7s");
    FoundMessage message = scene.arrives(0);
    scene.at("30m");
    scene.restart();
    scene.isStateOf(0, "delivered");
    assertThat(scene.canary(0).latency()).isEqualTo(Scene.duration("7s"));
    assertThat(scene.hosted().holds(message)).isFalse();
  }

  @Test
  void anArrivalThatWasNotOnRecordIsBookedAgain() {
    scene.due("a");
    scene.ledger.hold();
    FoundMessage message = scene.arrives(0);
    scene.isStateOf(0, "delivered");
    scene.restart();
    scene.ledger.release();
    scene.isStateOf(0, "delivered");
    assertThat(scene.canary(0).copies()).isEqualTo(1);
    assertThat(scene.hosted().holds(message)).isFalse();
  }

  @Test
  void whatIsOnRecordAsDeliveredAndStillThereIsOnlyDeleted() {
    scene.due("a");
    FoundMessage message = scene.arrives(0);
    scene.hosted().put("INBOX", message.head());
    assertThat(scene.canary(0).copies()).isEqualTo(2);
    scene.restart();
    scene.hosted().held(message);
    int events = scene.ledger.events(scene.id(0)).size();
    scene.hosted().see();
    assertThat(scene.canary(0).copies()).isEqualTo(2);
    assertThat(scene.hosted().content()).isEmpty();
    assertThat(scene.ledger.events(scene.id(0))).hasSize(events);
    assertThat(scene.isInMemory(0)).isFalse();
  }

  @Test
  void aCopyThatIsOnRecordAndStillThereIsOnlyDeleted() {
    scene.due("a");
    FoundMessage first = scene.arrives(0);
    FoundMessage second = scene.hosted().put("INBOX", first.head());
    scene.hosted().held(second);
    scene.restart();
    assertThat(scene.canary(0).copies()).isEqualTo(2);
    assertThat(scene.hosted().content()).isEmpty();
    assertThat(scene.isInMemory(0)).isFalse();
  }

  @Test
  void figuresAreThereAgain() {
    scene.due("a");
    scene.at("1s");
    scene.arrives(0);
    scene.restart();
    scene.isHealth("a", "ok");
    assertThat(scene.view("a").lastDelivered()).isNotNull();
    assertThat(scene.view("a").p50()).isEqualTo(Scene.duration("1s"));
  }
}
