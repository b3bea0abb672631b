package io.mailcanary.store;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/// Which database to keep things in.
public sealed interface DatabaseSettings {
  /// An embedded one in a file of this directory, which is made where it does not exist.
  record Embedded(Path directory) implements DatabaseSettings {}

  /// One that is gone with the process.
  record InMemory() implements DatabaseSettings {}

  /// A PostgreSQL server.
  ///
  /// @param url as `jdbc:postgresql://host/database`; its own parameters outrank ours
  record Postgres(String url, String username, String password) implements DatabaseSettings {
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
    return new Postgres(
        url.get(),
        environment.apply("DATASOURCES_DEFAULT_USERNAME").orElse(""),
        environment.apply("DATASOURCES_DEFAULT_PASSWORD").orElse(""));
  }
}
