package io.mailcanary.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.h2.api.ErrorCode;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.FileStore;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The database, opened and brought up to date.
public final class Database implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);

  private static final int CONNECTIONS = 4;
  private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration VALIDATION_TIMEOUT = Duration.ofSeconds(2);

  /// It is silent for longer than any statement of ours takes.
  private static final Duration SILENCE = Duration.ofSeconds(20);

  /// Speaks PostgreSQL's dialect. The embedded database stays open for as long as the process means
  /// it to: only [#close()] ends it.
  private static final String H2_MODE =
      ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1"
          + ";DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0;LOCK_TIMEOUT=10000";

  /// A write delay of zero would do without the thread that compacts the file. That thread copies
  /// what lives out of chunks that are filled less than the rate; at H2's own, nine tenths, it
  /// never rests.
  private static final String H2_FILE =
      ";WRITE_DELAY=1000;CACHE_SIZE=6144;AUTO_COMPACT_FILL_RATE=50";

  /// Whoever stands still within a transaction, frozen or cut off, would keep its locks from all
  /// others.
  private static final Duration STANDSTILL = Duration.ofSeconds(5);

  private static final String LET_GO_AFTER = "SET idle_in_transaction_session_timeout = '%ds'";

  private enum Kind {
    FILE,
    MEMORY,
    POSTGRES
  }

  private final Kind kind;
  private final HikariDataSource pool;
  private volatile String away = "";
  private volatile Opening lastOpening = new Opening(null);
  private final Set<org.h2.engine.Database> thrownOut =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
  private final ExecutorService forcing =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("store-force").factory());

  /// Work within one transaction.
  interface Work<T extends @Nullable Object> {
    T with(Connection connection) throws SQLException;
  }

  private Database(Kind kind, HikariDataSource pool) {
    this.kind = kind;
    this.pool = pool;
  }

  /// @throws StoreException with a sentence for the operator
  public static Database open(DatabaseSettings settings) {
    Kind kind = kind(settings);
    HikariDataSource pool = connect(config(settings), settings);
    try {
      migrate(kind, pool);
    } catch (FlywayException e) {
      pool.close();
      throw new StoreException(
          "the tables of the database could not be brought up to date: " + firstLine(e), e);
    }
    return new Database(kind, pool);
  }

  /// For whoever speaks SQL of their own.
  public DataSource dataSource() {
    return pool;
  }

  /// Whether nobody but this process can use it.
  public boolean isEmbedded() {
    return kind != Kind.POSTGRES;
  }

  /// Runs work in one transaction.
  ///
  /// @param what for a person, in case it fails: `canaries could not be read`
  <T extends @Nullable Object> T transaction(String what, Work<T> work) {
    try (Connection connection = pool.getConnection()) {
      lastOpening = opening(connection);
      T result = transaction(connection, work);
      away = "";
      return result;
    } catch (SQLException e) {
      throw failed(what, e);
    }
  }

  /// Runs work in one transaction, which is on the disk when this returns.
  void durably(String what, Work<?> work) {
    Opening opening =
        transaction(
            what,
            connection -> {
              work.with(connection);
              return opening(connection);
            });
    secure(what, opening);
  }

  /// The embedded database from when it was opened until it is closed. One that could not write to
  /// its file is opened anew, and what was not on the disk is gone by then.
  ///
  /// @param h2 null: what is committed there needs no more
  record Opening(org.h2.engine.@Nullable Database h2) {}

  Opening opening(Connection connection) throws SQLException {
    return new Opening(kind == Kind.FILE ? h2(connection) : null);
  }

  /// All that was committed in that opening is on the disk when this returns.
  void secure(String what, Opening opening) {
    org.h2.engine.Database h2 = opening.h2();
    if (h2 == null) {
      return;
    }
    try {
      CompletableFuture.runAsync(() -> force(file(h2)), forcing).join();
    } catch (CompletionException e) {
      throw brokenDown(what, opening).orElseGet(() -> StoreException.ofDisk(what, e));
    }
  }

  /// H2 that could not write to its file refuses all work from then on, even when there is room
  /// again. Once it is thrown out, whoever asks next gets the file opened anew.
  ///
  /// @return why it broke down; empty: it did not
  private Optional<StoreException> brokenDown(String what, Opening opening) {
    org.h2.engine.Database h2 = opening.h2();
    MVStoreException panic = h2 == null ? null : file(h2).getPanicException();
    if (h2 == null || panic == null) {
      return Optional.empty();
    }
    // H2 forgets whichever has that name, so it must not be thrown out twice.
    if (thrownOut.add(h2)) {
      h2.shutdownImmediately();
      pool.getHikariPoolMXBean().softEvictConnections();
    }
    return Optional.of(StoreException.ofDisk(what, panic));
  }

  private StoreException failed(String what, SQLException e) {
    StoreException told = brokenDown(what, lastOpening).orElseGet(() -> StoreException.of(what, e));
    away =
        told.isAway()
            ? String.valueOf(StoreException.of("the database does not answer", e).getMessage())
            : "";
    return told;
  }

  /// Why it could not be reached when it was last asked; empty: it answered.
  public Optional<String> away() {
    return Optional.of(away).filter(reason -> !reason.isEmpty());
  }

  @Override
  public void close() {
    if (isEmbedded() && !pool.isClosed()) {
      shutDown();
    }
    pool.close();
    forcing.shutdown();
  }

  private void shutDown() {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SHUTDOWN");
    } catch (SQLException e) {
      // The statement cannot be closed after that.
      if (e.getErrorCode() != ErrorCode.DATABASE_CALLED_AT_SHUTDOWN
          && e.getErrorCode() != ErrorCode.DATABASE_IS_CLOSED) {
        LOG.warn("the embedded database was not closed in order: {}", e.getMessage());
      }
    }
  }

  private static <T extends @Nullable Object> T transaction(Connection connection, Work<T> work)
      throws SQLException {
    connection.setAutoCommit(false);
    boolean done = false;
    try {
      T result = work.with(connection);
      connection.commit();
      done = true;
      return result;
    } finally {
      if (!done) {
        rollBack(connection);
      }
    }
  }

  private static void rollBack(Connection connection) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      LOG.debug("no rollback: {}", e.getMessage());
    }
  }

  private static org.h2.engine.Database h2(Connection connection) throws SQLException {
    return ((SessionLocal) connection.unwrap(JdbcConnection.class).getSession()).getDatabase();
  }

  private static MVStore file(org.h2.engine.Database h2) {
    return h2.getStore().getMvStore();
  }

  /// H2 writes what is committed with a delay, on threads of its own, and says nothing when it has.
  /// `CHECKPOINT SYNC` hands over what is left, but does not wait for what another thread handed
  /// over before; to be behind both queues is to be behind everything. Its waits end early when the
  /// thread is interrupted, so this runs on a thread that nobody interrupts.
  private static void force(MVStore store) {
    store.commit();
    FileStore<?> file = store.getFileStore();
    file.executeFileStoreOperation(() -> {});
    file.sync();
    MVStoreException panic = store.getPanicException();
    if (panic != null) {
      throw panic;
    }
    if (store.isClosed()) {
      throw new IllegalStateException("its file was closed before all of it was there");
    }
  }

  private static Kind kind(DatabaseSettings settings) {
    return switch (settings) {
      case DatabaseSettings.Embedded _ -> Kind.FILE;
      case DatabaseSettings.InMemory _ -> Kind.MEMORY;
      case DatabaseSettings.Postgres _ -> Kind.POSTGRES;
    };
  }

  private static HikariConfig config(DatabaseSettings settings) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("store");
    config.setMaximumPoolSize(CONNECTIONS);
    config.setConnectionTimeout(CONNECTION_TIMEOUT.toMillis());
    config.setValidationTimeout(VALIDATION_TIMEOUT.toMillis());
    config.setInitializationFailTimeout(CONNECTION_TIMEOUT.toMillis());
    switch (settings) {
      case DatabaseSettings.Embedded(Path directory) -> {
        SteadyFiles.register();
        embedded(config, SteadyFiles.SCHEME + ":" + file(directory) + H2_MODE + H2_FILE);
      }
      case DatabaseSettings.InMemory _ -> embedded(config, "mem:" + UUID.randomUUID() + H2_MODE);
      case DatabaseSettings.Postgres(String url, String username, String password, _) -> {
        config.setJdbcUrl(url);
        config.setUsername(username);
        config.setPassword(password);
        config.setKeepaliveTime(Duration.ofMinutes(1).toMillis());
        config.addDataSourceProperty("connectTimeout", CONNECTION_TIMEOUT.toSeconds());
        config.addDataSourceProperty("loginTimeout", CONNECTION_TIMEOUT.toSeconds());
        config.addDataSourceProperty("socketTimeout", SILENCE.toSeconds());
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("ApplicationName", "mailcanary");
        config.setConnectionInitSql(LET_GO_AFTER.formatted(STANDSTILL.toSeconds()));
      }
    }
    return config;
  }

  private static void embedded(HikariConfig config, String name) {
    config.setJdbcUrl("jdbc:h2:" + name);
    config.setUsername("sa");
    config.setPassword("");
    // Nothing can come between us and it, and a new connection costs nothing.
    config.setMinimumIdle(1);
    config.setMaxLifetime(0);
  }

  private static Path file(Path directory) {
    Path absolute = directory.toAbsolutePath().normalize();
    if (absolute.toString().contains(";")) {
      throw new StoreException("the data directory's name must not hold a semicolon", null);
    }
    try {
      Files.createDirectories(absolute);
    } catch (IOException e) {
      throw new StoreException("the data directory %s cannot be made".formatted(directory), e);
    }
    return absolute.resolve("mailcanary");
  }

  private static HikariDataSource connect(HikariConfig config, DatabaseSettings settings) {
    try {
      return settings instanceof DatabaseSettings.Postgres postgres
              && postgres.passwordFile().isPresent()
          ? connected(new FilePasswordPool(config, postgres.passwordFile().get()))
          : new HikariDataSource(config);
    } catch (RuntimeException e) {
      throw new StoreException(explain(settings, e), e);
    }
  }

  private static HikariDataSource connected(HikariDataSource pool) {
    try (Connection _ = pool.getConnection()) {
      return pool;
    } catch (SQLException | RuntimeException e) {
      pool.close();
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private static String explain(DatabaseSettings settings, RuntimeException e) {
    SQLException cause = sqlCause(e);
    return switch (settings) {
      case DatabaseSettings.Embedded(Path directory)
          when cause != null && cause.getErrorCode() == ErrorCode.DATABASE_ALREADY_OPEN_1 ->
          "another process has the data directory %s open".formatted(directory);
      case DatabaseSettings.Embedded(Path directory) ->
          "the database in %s cannot be opened: %s".formatted(directory, words(e, cause));
      case DatabaseSettings.InMemory _ -> "no database in memory: " + words(e, cause);
      case DatabaseSettings.Postgres _ -> "PostgreSQL does not let us in: " + words(e, cause);
    };
  }

  private static String words(RuntimeException e, @Nullable SQLException cause) {
    return firstLine(cause == null ? e : cause);
  }

  private static @Nullable SQLException sqlCause(Throwable e) {
    Throwable cause = e;
    for (int depth = 0; cause != null && depth < 10; depth++) {
      if (cause instanceof SQLException sql && sql.getErrorCode() != 0) {
        return sql;
      }
      cause = cause.getCause();
    }
    return null;
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  private static void migrate(Kind kind, HikariDataSource pool) {
    FluentConfiguration flyway = Flyway.configure(Database.class.getClassLoader()).dataSource(pool);
    List<String> locations = new ArrayList<>(List.of("classpath:db/migration"));
    if (kind == Kind.POSTGRES) {
      locations.add("classpath:db/postgresql");
      // One connection holds a lock for as long as another one migrates.
      flyway.initSql(LET_GO_AFTER.formatted(0));
    }
    flyway.locations(locations.toArray(String[]::new)).load().migrate();
    if (kind == Kind.POSTGRES) {
      pool.getHikariPoolMXBean().softEvictConnections();
    }
  }
}
