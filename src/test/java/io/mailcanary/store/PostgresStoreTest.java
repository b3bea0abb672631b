package io.mailcanary.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class PostgresStoreTest extends CanaryStoreContract {
  PostgresStoreTest() {
    super(OnDatabase.POSTGRES);
  }

  /// Frozen or cut off: the others have its locks some seconds later.
  @Test
  @Timeout(60)
  void whoeverStandsStillWithinATransactionLetsGo(@TempDir Path directory) throws SQLException {
    DatabaseSettings settings = OnDatabase.POSTGRES.settings(directory);
    JournalEntry entry = SomeCanaries.scheduled(new SomeCanaries(1).due("campus", Instant.now()));
    try (Database frozen = Database.open(settings);
        Database living = Database.open(settings)) {
      CanaryStore store = new SqlCanaryStore(living, InstantSource.system(), "aaaaaaaa");
      assertThat(store.write(List.of(entry))).isEqualTo(Differences.NONE);
      // Ended with its pool: it is not to be handed back as if it were well.
      Connection connection = frozen.dataSource().getConnection();
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute("SELECT id FROM canary FOR UPDATE");
        long began = System.nanoTime();
        JournalEntry accepted = SomeCanaries.accepted(entry.canary(), Instant.now());
        assertThat(store.write(List.of(accepted))).isEqualTo(Differences.NONE);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
      }
    }
  }
}
