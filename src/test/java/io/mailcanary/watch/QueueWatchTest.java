package io.mailcanary.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Cause;
import io.mailcanary.mail.Finding;
import io.mailcanary.path.Queue;
import io.mailcanary.queue.QueueException;
import io.mailcanary.queue.QueueListing;
import io.mailcanary.queue.QueuedMessage;
import io.mailcanary.queue.QueuedMessage.State;
import io.mailcanary.queue.QueuedMessage.Waiting;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.Cancellable;
import io.mailcanary.runtime.ConfigurationView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;

/// The turns in which queues are read, on a virtual clock.
class QueueWatchTest {
  private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

  private final PriorityQueue<Due> agenda =
      new PriorityQueue<>((one, other) -> one.at().compareTo(other.at()));
  private final Board board = new Board(new ConfigurationView(START, List.of()));
  private final Findings findings = new Findings();
  private final List<QueuedHere> held = new ArrayList<>();
  private final List<Instant> readings = new ArrayList<>();
  private Instant now = START;
  private Optional<String> trouble = Optional.empty();
  private int messages;
  private final QueueWatch watch =
      new QueueWatch(
          new QueueWatch.Ports(this::read, held::addAll, this::at, () -> now, board, findings));

  private record Due(Instant at, Runnable task) {}

  private Cancellable at(Instant when, Runnable task) {
    Due due = new Due(when, task);
    agenda.add(due);
    return () -> agenda.remove(due);
  }

  private QueueListing read(Queue queue) throws QueueException {
    readings.add(now);
    if (trouble.isPresent()) {
      throw new QueueException(trouble.get());
    }
    List<QueuedMessage> list = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      list.add(
          new QueuedMessage(
              "ID" + i,
              i == 0 ? State.ACTIVE : State.DEFERRED,
              "canary@probe.test",
              now,
              1,
              List.of(new Waiting("c@far.test", i == 0 ? "" : "connect to far.test: timed out"))));
    }
    return new QueueListing(now, list, list.size(), 0, Optional.of(now), 0, true);
  }

  private void until(Duration offset) {
    Instant end = START.plus(offset);
    while (!agenda.isEmpty() && !agenda.peek().at().isAfter(end)) {
      Due due = agenda.remove();
      now = due.at().isAfter(now) ? due.at() : now;
      due.task().run();
    }
    now = end;
  }

  private static Queue queue(Duration every) {
    return new Queue(
        "campus", "out", Queue.Type.POSTFIX, new Queue.Source.Command(List.of("x")), every);
  }

  @Test
  void itIsReadInItsTurnAndNoMoreOnceItIsGone() {
    watch.follow(Map.of("campus", queue(Duration.ofSeconds(60))));
    until(Duration.ofSeconds(130));
    assertThat(readings).containsExactly(START, START.plusSeconds(60), START.plusSeconds(120));
    watch.follow(Map.of("campus", queue(Duration.ofSeconds(10))));
    until(Duration.ofSeconds(135));
    watch.follow(Map.of());
    until(Duration.ofSeconds(500));
    assertThat(readings).hasSize(4);
    assertThat(board.parts()).isEmpty();
    assertThat(watch.messages()).isEmpty();
  }

  @Test
  void whatDoesNotGetOutIsHandedOnAndCounted() {
    messages = 3;
    watch.follow(Map.of("campus", queue(Duration.ofSeconds(60))));
    assertThat(watch.messages()).isEqualTo(Map.of("out", Map.of(Cause.NONE, 0)));
    until(Duration.ZERO);
    assertThat(held).extracting(one -> one.message().id()).containsExactly("ID1", "ID2");
    assertThat(watch.messages().get("out")).containsEntry(Cause.NONE, 1);
    assertThat(
            watch.messages().values().stream()
                .flatMap(causes -> causes.values().stream())
                .mapToInt(Integer::intValue)
                .sum())
        .isEqualTo(3);
  }

  @Test
  void growthIsAFindingThatGoesWithIt() {
    watch.follow(Map.of("campus", queue(Duration.ofSeconds(60))));
    for (int reading = 0; reading < 5; reading++) {
      messages = 7 + reading;
      until(Duration.ofSeconds(60L * reading));
    }
    assertThat(findings.of("queue:campus")).extracting(Finding::tag).contains("queue-growing");
    until(Duration.ofSeconds(300));
    assertThat(findings.of("queue:campus"))
        .extracting(Finding::tag)
        .doesNotContain("queue-growing");
  }

  @Test
  void whenItCannotBeReadTheObserverIsBlindThere() {
    trouble = Optional.of("postqueue ended with 69: down");
    watch.follow(Map.of("campus", queue(Duration.ofSeconds(60))));
    until(Duration.ofSeconds(61));
    assertThat(board.parts())
        .singleElement()
        .satisfies(part -> {
          assertThat(part.name()).isEqualTo("queue:campus");
          assertThat(part.ok()).isFalse();
          assertThat(part.since()).isEqualTo(START);
          assertThat(part.reason()).isEqualTo("postqueue ended with 69: down");
        });
    trouble = Optional.empty();
    until(Duration.ofSeconds(121));
    assertThat(board.parts()).singleElement().matches(part -> part.ok());
  }
}
