package io.mailcanary.schedule;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.Optional;
import java.util.TimeZone;
import org.quartz.CronExpression;
import org.quartz.CronScheduleBuilder;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;

/// A slot as a Quartz trigger. What was missed is not made up for.
final class Triggers {
  /// What the column of the job store holds.
  static final int LONGEST_CRON = 120;

  private Triggers() {}

  /// Empty when it would never fire.
  static Optional<Trigger> of(Slot slot, TriggerKey key, Instant now) {
    TriggerBuilder<Trigger> builder =
        TriggerBuilder.newTrigger().withIdentity(key).forJob(Turn.KEY);
    return switch (slot) {
      case Slot.Periodic periodic ->
          Optional.of(
              builder
                  .startAt(Date.from(periodic.next(now)))
                  .withSchedule(
                      SimpleScheduleBuilder.simpleSchedule()
                          .withIntervalInMilliseconds(periodic.period().toMillis())
                          .repeatForever()
                          .withMisfireHandlingInstructionNextWithRemainingCount())
                  .build());
      case Slot.Timetable(String expression) ->
          readable(expression)
              ? Optional.<Trigger>of(
                      builder
                          .startAt(Date.from(wholeSecond(now)))
                          .withSchedule(
                              CronScheduleBuilder.cronSchedule(expression)
                                  .inTimeZone(TimeZone.getTimeZone("UTC"))
                                  .withMisfireHandlingInstructionDoNothing())
                          .build())
                  .filter(trigger -> trigger.getFireTimeAfter(Date.from(now)) != null)
              : Optional.empty();
    };
  }

  /// Quartz would take a start within a second for that second's begin, which is past.
  private static Instant wholeSecond(Instant now) {
    return now.plusNanos(999_999_999).truncatedTo(ChronoUnit.SECONDS);
  }

  private static boolean readable(String expression) {
    return expression.length() <= LONGEST_CRON && CronExpression.isValidExpression(expression);
  }
}
