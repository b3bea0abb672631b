package io.mailcanary.store;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class H2FileStoreTest extends CanaryStoreContract {
  private final SomeCanaries some = new SomeCanaries(1);

  H2FileStoreTest() {
    super(OnDatabase.H2_FILE);
  }

  /// H2 closes a file that it could not write to, and opens it anew without a word.
  @Test
  void whatWasNotOnTheDiskWhenTheFileWasOpenedAnewIsMissed(@TempDir Path directory) {
    JournalEntry onDisk = scheduled();
    JournalEntry first = scheduled();
    JournalEntry second = scheduled();
    try (Database database = OnDatabase.H2_FILE.open(directory)) {
      SqlCanaryStore store = new SqlCanaryStore(database, InstantSource.system());
      store.write(List.of(onDisk));
      store.writeSoon(List.of(first));
      fall(database);
      assertThatThrownBy(() -> store.writeSoon(List.of(second)))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("opened anew");
      assertThat(store.open()).containsExactly(onDisk.canary());

      store.write(List.of(first, second));
      assertThat(store.open()).hasSize(3);
    }
  }

  @Test
  void whatFellBeforeItWasOnTheDiskIsNotSecured(@TempDir Path directory) {
    try (Database database = OnDatabase.H2_FILE.open(directory)) {
      SqlCanaryStore store = new SqlCanaryStore(database, InstantSource.system());
      store.writeSoon(List.of(scheduled()));
      fall(database);
      assertThatThrownBy(store::secure)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("closed");
      store.secure();
    }
  }

  /// What is seen when the disk was full: H2 refuses all work, even when there is room again.
  @Test
  void aFileThatCouldNotBeWrittenIsOpenedAnew(@TempDir Path directory) {
    JournalEntry onDisk = scheduled();
    JournalEntry first = scheduled();
    JournalEntry second = scheduled();
    try (Database database = OnDatabase.H2_FILE.open(directory)) {
      SqlCanaryStore store = new SqlCanaryStore(database, InstantSource.system());
      store.write(List.of(onDisk));
      store.writeSoon(List.of(first));
      panic(database);
      assertThatThrownBy(store::secure)
          .isInstanceOf(StoreException.class)
          .hasMessageStartingWith("canaries could not be put on record: no room");
      store.write(List.of(first, second));
      assertThat(store.open()).hasSize(3);

      panic(database);
      assertThatThrownBy(store::open)
          .isInstanceOf(StoreException.class)
          .hasMessageStartingWith("canaries could not be read: no room");
      assertThat(store.open()).hasSize(3);
    }
  }

  private static void panic(Database database) {
    assertThatThrownBy(
            () -> {
              try (Connection connection = database.dataSource().getConnection()) {
                requireNonNull(database.opening(connection).h2())
                    .getStore()
                    .getMvStore()
                    .panic(new MVStoreException(DataUtils.ERROR_WRITING_FAILED, "no room"));
              }
            })
        .hasMessageContaining("no room");
  }

  private JournalEntry scheduled() {
    return SomeCanaries.scheduled(some.due("campus", Instant.now()));
  }

  /// The statement cannot be closed after that.
  private static void fall(Database database) {
    assertThatThrownBy(
            () -> {
              try (Connection connection = database.dataSource().getConnection();
                  Statement statement = connection.createStatement()) {
                statement.execute("SHUTDOWN IMMEDIATELY");
              }
            })
        .hasMessageContaining("closed");
    ((HikariDataSource) database.dataSource()).getHikariPoolMXBean().softEvictConnections();
  }
}
