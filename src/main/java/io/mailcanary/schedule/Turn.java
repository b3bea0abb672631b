package io.mailcanary.schedule;

import org.quartz.Job;
import org.quartz.JobExecutionContext;
import org.quartz.JobKey;

/// The one job: what is due is told by the trigger's name.
final class Turn implements Job {
  static final JobKey KEY = new JobKey("turn", Schedule.GROUP);

  private final Schedule schedule;

  Turn(Schedule schedule) {
    this.schedule = schedule;
  }

  @Override
  public void execute(JobExecutionContext context) {
    schedule.turn(
        context.getFireInstanceId(),
        context.getTrigger().getKey().getName(),
        context.getScheduledFireTime().toInstant());
  }
}
