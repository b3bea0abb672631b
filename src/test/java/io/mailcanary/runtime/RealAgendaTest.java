package io.mailcanary.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RealAgendaTest {
  private final RealAgenda agenda = new RealAgenda(InstantSource.system());
  private final List<String> done = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    agenda.close();
  }

  @Test
  void doesThingsInTheirTimeNotInTheirOrder() {
    Instant start = Instant.now();
    agenda.at(start.plusMillis(200), () -> done.add("second"));
    agenda.at(start.plusMillis(50), () -> done.add("first"));

    await().until(() -> done.size() == 2);

    assertThat(done).containsExactly("first", "second");
    assertThat(Duration.between(start, Instant.now()))
        .isGreaterThanOrEqualTo(Duration.ofMillis(199));
  }

  @Test
  void whatIsPastIsDoneAtOnce() {
    agenda.at(Instant.EPOCH, () -> done.add("past"));
    agenda.at(Instant.MIN, () -> done.add("long past"));

    await().atMost(Duration.ofSeconds(5)).until(() -> done.size() == 2);
  }

  @Test
  void whatIsCancelledIsForgottenAtOnce() {
    Cancellable entry = agenda.at(Instant.now().plusSeconds(60), () -> done.add("cancelled"));
    Cancellable never = agenda.at(Instant.MAX, () -> done.add("never"));
    assertThat(agenda.waiting()).isEqualTo(2);

    entry.cancel();
    never.cancel();
    never.cancel();

    assertThat(agenda.waiting()).isZero();
  }

  @Test
  void aTaskThatBlocksOrFailsHoldsNoOtherUp() {
    CountDownLatch release = new CountDownLatch(1);
    for (int task = 0; task < 50; task++) {
      agenda.at(Instant.now(), () -> await().until(() -> release.getCount() == 0));
    }
    agenda.at(
        Instant.now(),
        () -> {
          throw new IllegalStateException("a stone in the way");
        });
    agenda.at(Instant.now().plusMillis(20), () -> done.add("other"));

    await().until(() -> done.contains("other"));
    release.countDown();
  }

  @Test
  void tasksRunOnVirtualThreads() {
    agenda.at(
        Instant.now(), () -> done.add(Thread.currentThread().isVirtual() ? "virtual" : "not"));

    await().until(() -> done.equals(List.of("virtual")));
  }

  @Test
  void aClosedAgendaDropsWhatWaitsAndTakesNothingMore() {
    agenda.at(Instant.now().plusSeconds(60), () -> done.add("waiting"));

    agenda.close();
    agenda.at(Instant.now(), () -> done.add("late comer")).cancel();

    assertThat(agenda.waiting()).isZero();
    assertThat(done).isEmpty();
  }
}
