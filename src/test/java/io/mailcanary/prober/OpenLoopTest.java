package io.mailcanary.prober;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.path.MailPath;
import io.mailcanary.path.Paths;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// A slow path never delays a canary.
class OpenLoopTest {
  @Test
  void aRelayThatHangsDelaysNobodyElseAndShowsAsSlow() {
    CountDownLatch released = new CountDownLatch(1);
    Scene scene =
        new Scene(task -> Thread.ofVirtual().start(task), Scene.path("stuck"), Scene.path("free"))
            .start();
    FakeRelays.Answer hangs = FakeRelays.hangsUntil(released);
    scene.relays.script("campus-out", hangs, hangs, FakeRelays.accepts());
    try {
      scene.due("stuck");
      await().until(() -> scene.submissions().size() == 1);
      scene.at("60s").due("stuck");
      await().until(() -> scene.submissions().size() == 2);
      scene.due("free");
      await().until(() -> scene.relays.attempts.size() == 1);
      assertThat(scene.canary(0).path()).isEqualTo("free");
      await().until(() -> scene.canary(0).state().word().equals("in-transit"));

      scene.at("89s").isHealth("stuck", "degraded");
      assertThat(scene.reason("stuck")).contains("not handed over after");
      scene.at("6m1s").isHealth("stuck", "deferring");
    } finally {
      released.countDown();
    }
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> scene.view("stuck").inFlight() == 2 && scene.relays.attempts.size() == 3);
    scene.arrives(1);
    scene.arrives(2);
    await().until(() -> scene.view("stuck").inFlight() == 0);
  }

  @Test
  void aSlotOfAPathThatIsGoneSendsNothing() {
    MailPath path = Paths.path("a");
    Scene scene = new Scene(path).start();
    scene.due("a", "nobody");
    assertThat(scene.submissions()).hasSize(1);
  }
}
