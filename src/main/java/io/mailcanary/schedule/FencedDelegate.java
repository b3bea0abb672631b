package io.mailcanary.schedule;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDetail;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;
import org.quartz.spi.OperableTrigger;

/// Keeps a replica that wakes from a freeze from firing what was taken from it meanwhile: Quartz
/// looks at the trigger's state alone, which may be another replica's by then, and not at whether
/// its own claim still stands. Public because Quartz makes it by its name.
public final class FencedDelegate extends PostgreSQLDelegate {
  @Override
  public int updateFiredTrigger(
      Connection connection, OperableTrigger trigger, String state, @Nullable JobDetail job)
      throws SQLException {
    int claims = super.updateFiredTrigger(connection, trigger, state, job);
    if (claims == 0) {
      throw new SQLException(
          "the claim on '" + trigger.getKey().getName() + "' was taken over by another replica");
    }
    return claims;
  }
}
