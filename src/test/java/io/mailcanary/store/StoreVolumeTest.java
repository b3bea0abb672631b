package io.mailcanary.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Canary;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// As many canaries as a thousand paths send in twenty minutes.
class StoreVolumeTest {
  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
  private static final int PATHS = 1_000;
  private static final int EACH = 20;

  @Test
  void twentyThousandCanariesAreWrittenReadAndTidied(@TempDir Path directory) {
    try (Database database = Database.open(new DatabaseSettings.Embedded(directory))) {
      SqlCanaryStore store = new SqlCanaryStore(database, InstantSource.system());
      SomeCanaries some = new SomeCanaries(1);
      write(store, some);
      assertThat(store.recent(START, EACH)).hasSize(PATHS * EACH);
      Instant later = START.plus(Duration.ofDays(40));
      store.tidy(later, Duration.ofDays(14), Duration.ofDays(400));
      assertThat(store.recent(START, 20)).isEmpty();
      assertThat(store.hourly("path-7", START, later).getFirst().states())
          .containsOnlyKeys("delivered");
    }
  }

  private static void write(SqlCanaryStore store, SomeCanaries some) {
    for (int turn = 0; turn < EACH; turn++) {
      List<JournalEntry> slot = new ArrayList<>();
      for (int path = 0; path < PATHS; path++) {
        Canary canary = some.due("path-" + path, START.plusSeconds(60L * turn).plusMillis(path));
        slot.add(SomeCanaries.delivered(canary, Duration.ofMillis(20)));
      }
      store.write(slot);
    }
  }
}
