package io.mailcanary.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.store.EndedSessions.Ended;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Log-outs on record, on each database.
class EndedSessionsTest {
  private static final Instant LATER = Instant.parse("2031-01-01T00:00:00Z");
  private static final Instant SOON = Instant.parse("2030-01-01T00:00:00Z");

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void whatWasEndedIsKnownUntilItWouldHaveEndedByItself(OnDatabase kind) {
    try (Database database = kind.open(directory)) {
      EndedSessions sessions = new EndedSessions(database);
      assertThat(sessions.within(Duration.ofHours(12))).isEmpty();
      sessions.put(new Ended("a", SOON));
      sessions.put(new Ended("b", LATER));
      sessions.put(new Ended("a", LATER));
      assertThat(sessions.within(Duration.ofMinutes(1)))
          .containsExactlyInAnyOrder(new Ended("a", SOON), new Ended("b", LATER));
      assertThat(sessions.within(Duration.ofDays(-1))).isEmpty();
      sessions.tidy(LATER);
      assertThat(sessions.within(Duration.ofHours(12))).containsExactly(new Ended("b", LATER));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_FILE", "POSTGRES"})
  void itOutlivesTheProcess(OnDatabase kind) {
    DatabaseSettings settings = kind.settings(directory);
    try (Database database = Database.open(settings)) {
      new EndedSessions(database).put(new Ended("a", LATER));
    }
    try (Database database = Database.open(settings)) {
      assertThat(new EndedSessions(database).within(Duration.ofHours(1)))
          .containsExactly(new Ended("a", LATER));
    }
  }
}
