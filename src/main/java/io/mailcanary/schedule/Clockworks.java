package io.mailcanary.schedule;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.SchedulerListener;
import org.quartz.core.QuartzScheduler;
import org.quartz.core.QuartzSchedulerResources;
import org.quartz.impl.DefaultThreadExecutor;
import org.quartz.impl.StdJobRunShellFactory;
import org.quartz.impl.StdScheduler;
import org.quartz.impl.jdbcjobstore.InvalidConfigurationException;
import org.quartz.impl.jdbcjobstore.JobStoreTX;
import org.quartz.listeners.SchedulerListenerSupport;
import org.quartz.simpl.CascadingClassLoadHelper;
import org.quartz.simpl.RAMJobStore;
import org.quartz.simpl.SimpleThreadPool;
import org.quartz.spi.JobStore;
import org.quartz.utils.ConnectionProvider;
import org.quartz.utils.DBConnectionManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Quartz schedulers from parts rather than from properties: so several of one cluster can live in
/// one JVM (Quartz's own factories keep one a name), and the settings are typed.
final class Clockworks {
  private static final Logger log = LoggerFactory.getLogger(Clockworks.class);

  /// A turn only puts canaries on record. Each of Quartz's threads wakes twice a second even if
  /// nothing is due, and the embedded database takes one commit at a time.
  private static final int THREADS_ALONE = 2;

  private static final int THREADS_CLUSTERED = 4;

  /// How far ahead a trigger is taken into one's hands: what a dead replica holds stands still
  /// until it is found dead.
  private static final Duration AHEAD = Duration.ofSeconds(10);

  private static final Duration RETRY = Duration.ofSeconds(1);

  private Clockworks() {}

  static Scheduler alone(String name, String instance, Duration misfire) throws SchedulerException {
    RAMJobStore store = new RAMJobStore();
    store.setInstanceName(name);
    store.setInstanceId(instance);
    store.setMisfireThreshold(misfire.toMillis());
    return assembled(name, instance, store, THREADS_ALONE);
  }

  static Scheduler clustered(
      String name, String instance, Duration misfire, Duration checkIn, DataSource database)
      throws SchedulerException {
    String source = "mailcanary/" + instance;
    DBConnectionManager.getInstance().addConnectionProvider(source, new Borrowed(database));
    JobStoreTX store = new JobStoreTX();
    store.setInstanceName(name);
    store.setInstanceId(instance);
    store.setDataSource(source);
    delegate(store);
    store.setTablePrefix("qrtz_");
    store.setUseProperties("true");
    store.setIsClustered(true);
    store.setClusterCheckinInterval(checkIn.toMillis());
    store.setMisfireThreshold(misfire.toMillis());
    // Taking several triggers at once is safe only under the lock.
    store.setAcquireTriggersWithinLock(true);
    store.setDbRetryInterval(RETRY.toMillis());
    store.setMakeThreadsDaemons(true);
    return assembled(name, instance, store, THREADS_CLUSTERED);
  }

  private static void delegate(JobStoreTX store) throws SchedulerException {
    try {
      store.setDriverDelegateClass(FencedDelegate.class.getName());
    } catch (InvalidConfigurationException refused) {
      throw new SchedulerException(refused);
    }
  }

  private static Scheduler assembled(String name, String instance, JobStore store, int atATime)
      throws SchedulerException {
    SimpleThreadPool threads = new SimpleThreadPool(atATime, Thread.NORM_PRIORITY + 1);
    threads.setInstanceName(name);
    threads.setInstanceId(instance);
    threads.setThreadNamePrefix("schedule");
    threads.setMakeThreadsDaemons(true);
    threads.initialize();

    StdJobRunShellFactory shells = new StdJobRunShellFactory();
    QuartzSchedulerResources parts = new QuartzSchedulerResources();
    parts.setName(name);
    parts.setInstanceId(instance);
    parts.setMakeSchedulerThreadDaemon(true);
    parts.setJobRunShellFactory(shells);
    parts.setThreadPool(threads);
    parts.setThreadExecutor(new DefaultThreadExecutor());
    parts.setJobStore(store);
    // What is due at one instant is taken in one go; nothing is fired ahead of its time.
    parts.setMaxBatchSize(atATime);
    parts.setBatchTimeWindow(0);

    QuartzScheduler quartz = new QuartzScheduler(parts, AHEAD.toMillis(), -1);
    reportBriefly(quartz);
    CascadingClassLoadHelper classes = new CascadingClassLoadHelper();
    classes.initialize();
    store.initialize(classes, quartz.getSchedulerSignaler());
    Scheduler scheduler = new StdScheduler(quartz);
    shells.initialize(scheduler);
    quartz.initialize();
    return scheduler;
  }

  /// Quartz's own listener logs each failure with its stack trace.
  private static void reportBriefly(QuartzScheduler quartz) {
    for (SchedulerListener listener : List.copyOf(quartz.getInternalSchedulerListeners())) {
      if (listener.getClass().getSimpleName().equals("ErrorLogger")) {
        quartz.removeInternalSchedulerListener(listener);
      }
    }
    quartz.addInternalSchedulerListener(
        new SchedulerListenerSupport() {
          @Override
          public void schedulerError(String message, SchedulerException cause) {
            log.warn("{} {}", message, innermost(cause));
          }
        });
  }

  static String innermost(Throwable failure) {
    Throwable inner = failure;
    for (int depth = 0; inner.getCause() != null && depth < 10; depth++) {
      inner = inner.getCause();
    }
    return inner.toString();
  }

  /// Connections of a pool that others own.
  private record Borrowed(DataSource database) implements ConnectionProvider {
    @Override
    public Connection getConnection() throws SQLException {
      return database.getConnection();
    }

    @Override
    public void shutdown() {}

    @Override
    public void initialize() {}
  }
}
