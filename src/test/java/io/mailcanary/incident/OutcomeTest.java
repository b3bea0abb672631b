package io.mailcanary.incident;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Canaries;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryLifecycle;
import io.mailcanary.canary.Stage;
import io.mailcanary.path.Expectation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutcomeTest {
  @ParameterizedTest(name = "taken, and {0} was promised")
  @CsvSource({"DELIVERED, PENDING", "BOUNCED, PENDING", "MISFILED, PENDING", "REJECTED, UNCAUGHT"})
  void whatShouldHaveBeenRejectedIsLetThroughOnceItIsTaken(
      Expectation.Outcome promised, Result expected) {
    Canary taken =
        CanaryLifecycle.next(
            Canaries.due(),
            new CanaryEvent.Attempted(
                Canaries.START, Canaries.answer(Stage.END_OF_DATA, "250 2.0.0 Ok")));
    Expectation expect =
        new Expectation(Legs.WITHIN, Legs.OVERDUE, Legs.OVERDUE.multipliedBy(2), "INBOX", promised);
    assertThat(Outcome.of(taken, expect, "", "", Canaries.START).result()).isEqualTo(expected);
  }
}
