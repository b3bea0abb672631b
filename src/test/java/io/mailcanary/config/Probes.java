package io.mailcanary.config;

import io.mailcanary.runtime.Plan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A folder of probe files to try things on.
final class Probes {
  /// One of everything that a path needs.
  static final String WORLD =
      """
      relays:
        out: { host: smtp.campus.example }
      mailboxes:
        in: { protocol: maildir, directory: /var/mail/in }
      """;

  /// A path with nothing but what it must have.
  static final String PATH =
      """
      paths:
        campus:
          via: out
          from: canary@campus.example
          to: canary@hosted.example
          arrives-in: in
      """;

  private final Path folder;
  private final Map<String, String> environment = new HashMap<>();

  Probes(Path folder) {
    this.folder = folder;
  }

  Path folder() {
    return folder;
  }

  Probes with(String file, String text) {
    try {
      Files.writeString(folder.resolve(file), text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Probes variable(String name, String value) {
    environment.put(name, value);
    return this;
  }

  Reading read() {
    return ProbeFolder.read(folder, this::variable);
  }

  Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name));
  }

  Plan plan() {
    return switch (read()) {
      case Reading.Valid valid -> valid.plan();
      case Reading.Invalid invalid -> throw new AssertionError(invalid.problems());
    };
  }

  /// All problems, the name of the folder left out.
  List<String> problems() {
    return switch (read()) {
      case Reading.Valid _ -> List.of();
      case Reading.Invalid invalid ->
          invalid.problems().stream()
              .map(Problem::toString)
              .map(line -> line.replace(folder + "/", "").replace(folder.toString(), "FOLDER"))
              .toList();
    };
  }

  /// Some certificate, as Java ships it.
  static String certificate() {
    try {
      KeyStore store =
          KeyStore.getInstance(
              Path.of(System.getProperty("java.home"), "lib/security/cacerts").toFile(),
              "changeit".toCharArray());
      byte[] bytes = store.getCertificate(store.aliases().nextElement()).getEncoded();
      return "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
          .formatted(Base64.getMimeEncoder().encodeToString(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
