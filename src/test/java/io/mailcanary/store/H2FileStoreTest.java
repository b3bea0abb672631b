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
  private final JournalEntry onDisk = scheduled();
  private final JournalEntry first = scheduled();
  private final JournalEntry second = scheduled();

  H2FileStoreTest() {
    super(OnDatabase.H2_FILE);
  }

  /// H2 opens its file anew for whoever asks next, without a word.
  @Test
  void whatWasNotOnTheDiskWhenTheFileWasOpenedAnewIsMissed(@TempDir Path directory) {
    try (Database database = OnDatabase.H2_FILE.open(directory)) {
      SqlCanaryStore store = withFirstNotOnTheDisk(database);
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
      SqlCanaryStore store = withFirstNotOnTheDisk(database);
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
    try (Database database = OnDatabase.H2_FILE.open(directory)) {
      SqlCanaryStore store = withFirstNotOnTheDisk(database);
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

  /// H2 forgets the database of that name, whichever it is by then.
  @Test
  void whoComesLateToOneThatBrokeDownLeavesTheNextAlone(@TempDir Path directory) {
    try (Database database = OnDatabase.H2_FILE.open(directory)) {
      SqlCanaryStore store = withFirstNotOnTheDisk(database);
      Database.Opening broken = panic(database);
      assertThatThrownBy(store::secure).isInstanceOf(StoreException.class);
      store.write(List.of(first));
      panic(database);
      assertThatThrownBy(store::open).isInstanceOf(StoreException.class);

      store.writeSoon(List.of(second));
      assertThatThrownBy(() -> database.secure("late", broken))
          .isInstanceOf(StoreException.class)
          .hasMessageStartingWith("late: no room");
      store.secure();
      assertThat(store.open()).hasSize(3);
    }
  }

  private SqlCanaryStore withFirstNotOnTheDisk(Database database) {
    SqlCanaryStore store = new SqlCanaryStore(database, InstantSource.system());
    store.write(List.of(onDisk));
    store.writeSoon(List.of(first));
    return store;
  }

  private static Database.Opening panic(Database database) {
    Database.Opening opening =
        database.transaction("it could not be asked", connection -> database.opening(connection));
    MVStoreException noRoom = new MVStoreException(DataUtils.ERROR_WRITING_FAILED, "no room");
    assertThatThrownBy(() -> requireNonNull(opening.h2()).getStore().getMvStore().panic(noRoom))
        .isSameAs(noRoom);
    return opening;
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
