package io.mailcanary.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/// Which database to keep things in.
public sealed interface DatabaseSettings {
  /// Names a file with the password.
  String PASSWORD_FILE = "DATASOURCES_DEFAULT_PASSWORD_FILE";

  int LARGEST_FILE = 10_000;

  /// An embedded one in a file of this directory, which is made where it does not exist.
  record Embedded(Path directory) implements DatabaseSettings {}

  /// One that is gone with the process.
  record InMemory() implements DatabaseSettings {}

  /// A PostgreSQL server.
  ///
  /// @param url as `jdbc:postgresql://host/database`; its own parameters outrank ours
  /// @param passwordFile is read for each new connection, instead of the password
  record Postgres(String url, String username, String password, Optional<Path> passwordFile)
      implements DatabaseSettings {
    public Postgres(String url, String username, String password) {
      this(url, username, password, Optional.empty());
    }

    @Override
    public String toString() {
      return "Postgres[" + username + "]";
    }
  }

  /// PostgreSQL where the environment names one, else embedded in `directory`.
  ///
  /// @throws IllegalArgumentException with a sentence for the operator
  static DatabaseSettings of(Path directory, Function<String, Optional<String>> environment) {
    Optional<String> url = environment.apply("DATASOURCES_DEFAULT_URL").filter(s -> !s.isBlank());
    if (url.isEmpty()) {
      return new Embedded(directory);
    }
    if (!url.get().startsWith("jdbc:postgresql:")) {
      throw new IllegalArgumentException(
          "DATASOURCES_DEFAULT_URL is no address of a PostgreSQL database: expected"
              + " jdbc:postgresql://HOST/DATABASE");
    }
    Optional<Path> passwordFile =
        environment.apply(PASSWORD_FILE).filter(s -> !s.isBlank()).map(Path::of);
    passwordFile
        .filter(file -> password(file).isEmpty())
        .ifPresent(file -> {
          throw new IllegalArgumentException(
              PASSWORD_FILE + " names " + file + ", expected a file with the password in a line");
        });
    return new Postgres(
        url.get(),
        environment.apply("DATASOURCES_DEFAULT_USERNAME").orElse(""),
        environment.apply("DATASOURCES_DEFAULT_PASSWORD").orElse(""),
        passwordFile);
  }

  /// What a file with a password holds; empty where it cannot be read.
  static Optional<String> password(Path file) {
    try {
      return Files.size(file) > LARGEST_FILE
          ? Optional.empty()
          : Optional.of(Files.readString(file).stripTrailing());
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
