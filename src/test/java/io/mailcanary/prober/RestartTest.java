package io.mailcanary.prober;

import static io.mailcanary.prober.FakeRelays.accepts;
import static io.mailcanary.prober.FakeRelays.defers;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.mailbox.FoundMessage;
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
