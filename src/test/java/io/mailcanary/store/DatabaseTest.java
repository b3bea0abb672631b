package io.mailcanary.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.mailcanary.lab.Ports;
import io.mailcanary.lab.TcpProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
  @TempDir private Path directory;

  @Test
  void withoutAnEnvironmentItIsEmbedded() {
    assertThat(settings(Map.of())).isEqualTo(new DatabaseSettings.Embedded(directory));
    assertThat(settings(Map.of("DATASOURCES_DEFAULT_URL", " ")))
        .isEqualTo(new DatabaseSettings.Embedded(directory));
  }

  @Test
  void theEnvironmentNamesPostgresql() {
    DatabaseSettings settings =
        settings(
            Map.of(
                "DATASOURCES_DEFAULT_URL", "jdbc:postgresql://db/mailcanary",
                "DATASOURCES_DEFAULT_USERNAME", "canary",
                "DATASOURCES_DEFAULT_PASSWORD", "s3cret"));
    assertThat(settings)
        .isEqualTo(
            new DatabaseSettings.Postgres("jdbc:postgresql://db/mailcanary", "canary", "s3cret"));
    assertThat(settings.toString()).doesNotContain("s3cret");
  }

  @Test
  void theEnvironmentNamesAFileWithThePassword() throws IOException {
    Path file = directory.resolve("password");
    Map<String, String> environment =
        Map.of(
            "DATASOURCES_DEFAULT_URL", "jdbc:postgresql://db/mailcanary",
            "DATASOURCES_DEFAULT_USERNAME", "canary",
            "DATASOURCES_DEFAULT_PASSWORD_FILE", file.toString());
    assertThatThrownBy(() -> settings(environment))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "DATASOURCES_DEFAULT_PASSWORD_FILE names %s, expected a file with the password in a line"
                .formatted(file));
    Files.writeString(file, "s3cret\n");
    assertThat(settings(environment))
        .isEqualTo(
            new DatabaseSettings.Postgres(
                "jdbc:postgresql://db/mailcanary", "canary", "", Optional.of(file)));
  }

  /// The embedded database asks for passwords as any other does.
  @Test
  void aRotatedPasswordIsTakenUpWithoutARestart() throws Exception {
    Path file = Files.writeString(directory.resolve("password"), "first\n");
    String url = "jdbc:h2:mem:" + UUID.randomUUID();
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername("canary");
    config.setMaximumPoolSize(2);
    config.setConnectionTimeout(500);
    try (Connection owner = DriverManager.getConnection(url, "canary", "first");
        Statement owning = owner.createStatement();
        HikariDataSource pool = new FilePasswordPool(config, file)) {
      connect(pool);
      owning.execute("ALTER USER CANARY SET PASSWORD 'second'");
      Files.writeString(file, "second\n");
      drop(pool);
      connect(pool);

      // Between the two halves of a rotation the one that is known holds on.
      Files.delete(file);
      drop(pool);
      connect(pool);
      owning.execute("ALTER USER CANARY SET PASSWORD 'third'");
      drop(pool);
      assertThatThrownBy(() -> connect(pool)).isInstanceOf(SQLException.class);
      Files.writeString(file, "third\n");
      await().ignoreExceptions().atMost(Duration.ofSeconds(20)).untilAsserted(() -> connect(pool));
    }
  }

  private static void connect(HikariDataSource pool) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      assertThat(connection.isValid(1)).isTrue();
    }
  }

  private static void drop(HikariDataSource pool) {
    pool.getHikariPoolMXBean().softEvictConnections();
    await().until(() -> pool.getHikariPoolMXBean().getActiveConnections() == 0);
  }

  @Test
  void anotherKindOfDatabaseIsRefused() {
    assertThatThrownBy(() -> settings(Map.of("DATASOURCES_DEFAULT_URL", "jdbc:mysql://db/x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("jdbc:postgresql://HOST/DATABASE");
  }

  @Test
  void whatWasWrittenIsThereAfterARestart() {
    Path data = directory.resolve("not/yet/there");
    JournalEntry entry = SomeCanaries.scheduled(new SomeCanaries(1).due("campus", Instant.now()));
    try (Database database = Database.open(new DatabaseSettings.Embedded(data))) {
      new SqlCanaryStore(database, InstantSource.system()).write(List.of(entry));
    }
    try (Database database = Database.open(new DatabaseSettings.Embedded(data))) {
      assertThat(new SqlCanaryStore(database, InstantSource.system()).open())
          .containsExactly(entry.canary());
    }
  }

  @Test
  void databasesInMemoryAreStrangersToOneAnother() {
    JournalEntry entry = SomeCanaries.scheduled(new SomeCanaries(1).due("campus", Instant.now()));
    try (Database one = Database.open(new DatabaseSettings.InMemory());
        Database other = Database.open(new DatabaseSettings.InMemory())) {
      new SqlCanaryStore(one, InstantSource.system()).write(List.of(entry));
      assertThat(new SqlCanaryStore(other, InstantSource.system()).open()).isEmpty();
    }
  }

  @Test
  void aBrokenFileIsToldInASentence() throws IOException {
    Files.writeString(directory.resolve("mailcanary.mv.db"), "no database at all".repeat(1000));
    assertThatThrownBy(() -> Database.open(new DatabaseSettings.Embedded(directory)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("the database in " + directory + " cannot be opened: ");
  }

  @Test
  void aServerThatIsNotThereIsToldInASentence() {
    DatabaseSettings nobody =
        new DatabaseSettings.Postgres(
            "jdbc:postgresql://127.0.0.1:" + Ports.free() + "/x", "u", "s3cret");
    assertThatThrownBy(() -> Database.open(nobody))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("PostgreSQL does not let us in: ")
        .hasMessageContaining("refused")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
  }

  @Test
  void whetherItAnswersIsKnownFromThoseWhoAskedLast() {
    DatabaseSettings settings = OnDatabase.POSTGRES.settings(directory);
    try (TcpProxy way = OnDatabase.wayTo(settings);
        Database database = Database.open(OnDatabase.through(way, settings))) {
      LastAttempt reader = new LastAttempt(database);
      reader.since(Instant.EPOCH);
      assertThat(database.away()).isEmpty();

      way.down();
      assertThatThrownBy(() -> reader.since(Instant.EPOCH)).isInstanceOf(StoreException.class);
      assertThat(database.away()).get().asString().startsWith("the database does not answer: ");

      way.up();
      await().ignoreExceptions().untilAsserted(() -> reader.since(Instant.EPOCH));
      assertThat(database.away()).isEmpty();
    }
  }

  private DatabaseSettings settings(Map<String, String> environment) {
    return DatabaseSettings.of(directory, key -> Optional.ofNullable(environment.get(key)));
  }
}
