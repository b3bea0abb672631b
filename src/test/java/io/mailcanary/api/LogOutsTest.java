package io.mailcanary.api;

import static io.mailcanary.api.LogOuts.State.ENDED;
import static io.mailcanary.api.LogOuts.State.GOES_ON;
import static io.mailcanary.api.LogOuts.State.IN_DOUBT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.lab.TcpProxy;
import io.mailcanary.store.Database;
import io.mailcanary.store.DatabaseSettings;
import io.mailcanary.store.EndedSessions;
import io.mailcanary.store.OnDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A log-out holds on every replica, and where that cannot be known nobody is let in on trust.
class LogOutsTest {
  private static final Instant MORNING = Instant.parse("2030-01-01T08:00:00Z");
  private static final Instant EVENING = MORNING.plus(Sessions.LIFETIME);

  @TempDir Path directory;

  private Instant now = MORNING;

  @Test
  void aLogOutHoldsOnAllThatShareTheDatabase() {
    DatabaseSettings settings = OnDatabase.POSTGRES.settings(directory);
    try (Database one = Database.open(settings);
        Database two = Database.open(settings)) {
      LogOuts here = logOuts(one);
      LogOuts there = logOuts(two);
      here.lookNow();
      there.lookNow();
      here.end("a", EVENING);
      assertThat(here.state("a", MORNING, now)).isEqualTo(ENDED);
      there.lookNow();
      assertThat(there.state("a", MORNING, now)).isEqualTo(ENDED);
      assertThat(there.state("b", MORNING, now)).isEqualTo(GOES_ON);
      LogOuts startedLater = logOuts(two);
      startedLater.lookNow();
      assertThat(startedLater.state("a", MORNING, now)).isEqualTo(ENDED);
    }
  }

  @Test
  void whileTheDatabaseIsAwayOnlyTheyGoOnWhoLoggedInSince() throws Exception {
    DatabaseSettings settings = OnDatabase.POSTGRES.settings(directory);
    try (TcpProxy proxy = OnDatabase.wayTo(settings);
        Database other = Database.open(settings);
        Database database = Database.open(OnDatabase.through(proxy, settings))) {
      LogOuts logOuts = logOuts(database);
      logOuts.lookNow();
      proxy.down();
      now = MORNING.plus(LogOuts.TRUST);
      assertThat(logOuts.state("a", MORNING, now)).as("for a moment").isEqualTo(GOES_ON);
      logOuts.end("b", EVENING);
      assertThat(logOuts.state("b", MORNING, now)).as("ended here").isEqualTo(ENDED);
      now = now.plusSeconds(1);
      assertThat(logOuts.state("a", MORNING, now)).as("from before").isEqualTo(IN_DOUBT);
      assertThat(logOuts.state("c", now, now)).as("logged in since").isEqualTo(GOES_ON);
      proxy.up();
      // The pool may hold a connection that died a moment ago.
      await().ignoreExceptions().untilAsserted(logOuts::lookNow);
      assertThat(logOuts.state("a", MORNING, now)).as("heard again").isEqualTo(GOES_ON);
      assertThat(new EndedSessions(other).within(Duration.ofMinutes(5)))
          .as("told late")
          .extracting(EndedSessions.Ended::id)
          .containsExactly("b");
    }
  }

  @Test
  void onADatabaseOfItsOwnNothingIsInDoubt() {
    try (Database database = Database.open(OnDatabase.H2_MEMORY.settings(directory))) {
      LogOuts logOuts = new LogOuts(new EndedSessions(database), false, () -> now);
      logOuts.lookNow();
      now = now.plus(Duration.ofHours(1));
      assertThat(logOuts.state("a", MORNING, now)).isEqualTo(GOES_ON);
      logOuts.end("a", EVENING);
      assertThat(logOuts.state("a", MORNING, now)).isEqualTo(ENDED);
      LogOuts restarted = new LogOuts(new EndedSessions(database), false, () -> now);
      restarted.lookNow();
      assertThat(restarted.state("a", MORNING, now)).isEqualTo(ENDED);
    }
  }

  private LogOuts logOuts(Database database) {
    return new LogOuts(new EndedSessions(database), true, () -> now);
  }
}
