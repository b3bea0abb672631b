package io.mailcanary.store;

import io.mailcanary.lab.TcpProxy;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/// The databases that the store runs on.
public enum OnDatabase {
  H2_FILE,
  H2_MEMORY,
  POSTGRES;

  private static final AtomicInteger NAMES = new AtomicInteger();

  /// One server for all tests of this JVM; it ends with it.
  private static final class Server {
    private static final EmbeddedPostgres ONE = start();

    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.builder().start();
      } catch (IOException e) {
        throw new IllegalStateException("PostgreSQL did not start", e);
      }
    }
  }

  Database open(Path directory) {
    return Database.open(settings(directory));
  }

  public DatabaseSettings settings(Path directory) {
    return switch (this) {
      case H2_FILE -> new DatabaseSettings.Embedded(directory);
      case H2_MEMORY -> new DatabaseSettings.InMemory();
      case POSTGRES -> new DatabaseSettings.Postgres(newPostgresDatabase(), "postgres", "");
    };
  }

  /// A way to a database that a test can cut.
  public static TcpProxy wayTo(DatabaseSettings database) {
    return TcpProxy.to(port((DatabaseSettings.Postgres) database));
  }

  /// The same database, at the end of that way.
  public static DatabaseSettings through(TcpProxy way, DatabaseSettings database) {
    DatabaseSettings.Postgres straight = (DatabaseSettings.Postgres) database;
    return new DatabaseSettings.Postgres(
        straight.url().replace(":" + port(straight) + "/", ":" + way.port() + "/"),
        straight.username(),
        straight.password());
  }

  private static int port(DatabaseSettings.Postgres database) {
    return URI.create(database.url().substring("jdbc:".length())).getPort();
  }

  private static String newPostgresDatabase() {
    String name = "mailcanary" + NAMES.incrementAndGet();
    try (Connection connection = Server.ONE.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return Server.ONE.getJdbcUrl("postgres", name);
  }
}
