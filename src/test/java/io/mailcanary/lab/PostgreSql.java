package io.mailcanary.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A private PostgreSQL 15 on loopback that trusts everybody there.
///
/// Its data outlive `stop` and `kill`, and are gone with `close`.
public final class PostgreSql implements AutoCloseable {
  private static final Path PROGRAMS = Path.of("/usr/lib/postgresql/15/bin");
  private static final Duration INITIALISED = Duration.ofSeconds(60);

  private final LabFolder folder = LabFolder.create("postgresql");
  private final int port = Ports.free();
  private final Path data;
  private @Nullable Daemon daemon;

  private PostgreSql() {
    data =
        root()
            ? folder.directory("data", "rwx------", "postgres")
            : folder.directory("data", "rwx------");
  }

  public static Builder builder() {
    return new Builder();
  }

  /// How the server differs from the usual.
  public static final class Builder {
    private final List<String> settings = new ArrayList<>();
    private boolean passwords;

    private Builder() {}

    /// Everybody but its superuser logs in with a password.
    public Builder passwords() {
      passwords = true;
      return this;
    }

    /// A line of postgresql.conf, such as `fsync = off`.
    public Builder line(String setting) {
      settings.add(setting);
      return this;
    }

    public PostgreSql start() {
      PostgreSql server = new PostgreSql();
      try {
        server.initialise(settings);
        if (passwords) {
          server.askForPasswords();
        }
        server.start();
        return server;
      } catch (RuntimeException | AssertionError e) {
        server.close();
        throw e;
      }
    }
  }

  private static boolean root() {
    return "root".equals(System.getProperty("user.name"));
  }

  /// The server refuses to run as root.
  private static List<String> asServerUser(String... command) {
    List<String> line = new ArrayList<>();
    if (root()) {
      line.addAll(
          List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"));
    }
    line.addAll(List.of(command));
    return line;
  }

  private void initialise(List<String> settings) {
    List<String> command =
        asServerUser(
            program("initdb"),
            "--pgdata=" + data,
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "--no-instructions");
    Command.run(INITIALISED, command, Map.of()).orFail();
    String base =
        """
        listen_addresses = '127.0.0.1'
        port = %d
        unix_socket_directories = ''
        max_connections = 200
        """
            .formatted(port);
    folder.write("postgresql.conf", base + String.join("\n", settings) + "\n");
  }

  private void askForPasswords() {
    try {
      Files.writeString(
          data.resolve("pg_hba.conf"),
          """
          host all postgres 127.0.0.1/32 trust
          host all all      127.0.0.1/32 scram-sha-256
          """);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String program(String name) {
    return PROGRAMS.resolve(name).toString();
  }

  /// Starts it again on the same port with the same data.
  public synchronized void start() {
    if (running()) {
      return;
    }
    List<String> command =
        asServerUser(
            program("postgres"),
            "-D",
            data.toString(),
            "-c",
            "config_file=" + folder.file("postgresql.conf"));
    Daemon started = Daemon.start("PostgreSQL", logFile(), command);
    daemon = started;
    started.await(this::answers, "port " + port, logFile());
  }

  private boolean answers() {
    try (Connection connection = DriverManager.getConnection(url())) {
      return connection.isValid(5);
    } catch (SQLException _) {
      return false;
    }
  }

  public synchronized boolean running() {
    return daemon != null && daemon.running();
  }

  /// Ends it in order: sessions are cut off, transactions rolled back.
  public synchronized void stop() {
    if (daemon != null) {
      daemon.stop("INT");
      daemon = null;
    }
  }

  /// Ends it as a power cut would.
  public synchronized void kill() {
    if (daemon != null) {
      daemon.kill();
      daemon = null;
    }
  }

  @Override
  public synchronized void close() {
    kill();
    folder.delete();
  }

  public int port() {
    return port;
  }

  /// Of the database `postgres`, for its superuser.
  public String url() {
    return url("postgres");
  }

  public String url(String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s?user=postgres".formatted(port, database);
  }

  /// An empty database beside the others.
  public String createDatabase(String name) {
    try (Connection connection = DriverManager.getConnection(url());
        var statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE \"" + name + "\"");
      return url(name);
    } catch (SQLException e) {
      throw new IllegalStateException("no database " + name, e);
    }
  }

  public Path logFile() {
    return folder.file("log");
  }

  public String log() {
    return Command.text(logFile());
  }
}
