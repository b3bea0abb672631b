package io.mailcanary.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualAgendaTest {
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  private final VirtualAgenda agenda = new VirtualAgenda(START);
  private final List<String> done = new ArrayList<>();

  @Test
  void whatIsDueIsDoneInOrderEachAtItsInstant() {
    note("third", 3);
    note("first", 1);
    note("also first", 1);
    note("later", 60);

    agenda.advance(Duration.ofSeconds(10));

    assertThat(done).containsExactly("first at 1", "also first at 1", "third at 3");
    assertThat(agenda.instant()).isEqualTo(START.plusSeconds(10));
    assertThat(agenda.waiting()).isEqualTo(1);
  }

  @Test
  void whatATaskPutsOnTheAgendaIsDoneInTheSameAdvance() {
    agenda.at(START.plusSeconds(1), () -> note("child", 2));

    agenda.advance(Duration.ofSeconds(2));

    assertThat(done).containsExactly("child at 2");
  }

  @Test
  void whatIsPastIsDoneAtOnceAndTimeDoesNotGoBack() {
    agenda.advance(Duration.ofSeconds(5));
    note("past", 1);

    agenda.advance(Duration.ZERO);

    assertThat(done).containsExactly("past at 5");
  }

  @Test
  void whatIsCancelledIsNotDone() {
    Cancellable entry = agenda.at(START.plusSeconds(1), () -> done.add("cancelled"));
    note("kept", 1);

    entry.cancel();
    entry.cancel();
    agenda.advance(Duration.ofMinutes(1));

    assertThat(done).containsExactly("kept at 1");
  }

  private void note(String what, int seconds) {
    agenda.at(
        START.plusSeconds(seconds),
        () -> done.add(what + " at " + Duration.between(START, agenda.instant()).toSeconds()));
  }
}
