package io.mailcanary.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;

class TriggersTest {
  private static final TriggerKey KEY = new TriggerKey("slot", Schedule.GROUP);

  @ParameterizedTest(name = "{0} at {1}: first at {2}, then at {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          * * * * * ?        | 2026-03-01T12:00:00Z     | 2026-03-01T12:00:00Z | 2026-03-01T12:00:01Z
          * * * * * ?        | 2026-03-01T12:00:00.001Z | 2026-03-01T12:00:01Z | 2026-03-01T12:00:02Z
          0 */5 * * * ?      | 2026-03-01T12:00:00.999Z | 2026-03-01T12:05:00Z | 2026-03-01T12:10:00Z
          0 30 2 * * ?       | 2026-03-29T00:00:00Z     | 2026-03-29T02:30:00Z | 2026-03-30T02:30:00Z
          """)
  void timetablesAreInUtcAndBeginWithTheNextInstant(
      String expression, Instant now, Instant first, Instant second) {
    OperableTrigger trigger = trigger(new Slot.Timetable(expression), now);

    assertThat(trigger.computeFirstFireTime(null)).isEqualTo(first);
    trigger.triggered(null);
    assertThat(trigger.getNextFireTime()).isEqualTo(second);
  }

  @Test
  void aPeriodicSlotBeginsWithItsNextInstant() {
    OperableTrigger trigger =
        trigger(
            new Slot.Periodic(Duration.ofMinutes(1), Duration.ofSeconds(13)),
            Instant.parse("2026-03-01T12:00:13.001Z"));

    assertThat(trigger.computeFirstFireTime(null)).isEqualTo("2026-03-01T12:01:13Z");
    trigger.triggered(null);
    assertThat(trigger.getNextFireTime()).isEqualTo("2026-03-01T12:02:13Z");
  }

  @ParameterizedTest(name = "never by ''{0}''")
  @ValueSource(strings = {"whenever", "", "0 0 0 1 1 ? 1999", "* * * * * *", "0 0 0 30 2 ? 2026"})
  void neverDue(String expression) {
    assertThat(
            Triggers.of(new Slot.Timetable(expression), KEY, Instant.parse("2026-03-01T12:00:00Z")))
        .isEmpty();
  }

  @Test
  void anExpressionThatTheJobStoreCannotHoldIsRefused() {
    String expression = "0 " + "1,".repeat(60) + "2 * * * ?";

    assertThat(Triggers.of(new Slot.Timetable(expression), KEY, Instant.EPOCH)).isEmpty();
  }

  private static OperableTrigger trigger(Slot slot, Instant now) {
    return (OperableTrigger) Triggers.of(slot, KEY, now).orElseThrow();
  }
}
