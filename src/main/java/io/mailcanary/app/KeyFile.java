package io.mailcanary.app;

import io.mailcanary.canary.SigningKeys;
import io.mailcanary.runtime.ServiceSettings.SigningSecret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// The keys that sign canaries: those of the probe files, or one that is made once and kept.
final class KeyFile {
  private static final String NAME = "signing-key";
  private static final int SECRET_BYTES = 32;

  private KeyFile() {}

  static SigningKeys keys(List<SigningSecret> configured, Path dataDirectory) {
    if (configured.isEmpty()) {
      return new SigningKeys(List.of(own(dataDirectory.resolve(NAME))));
    }
    return new SigningKeys(
        configured.stream()
            .map(key ->
                new SigningKeys.Key(
                    key.id(), key.secret().value().getBytes(StandardCharsets.UTF_8)))
            .toList());
  }

  /// The same without making one: empty where there is none, or none that can be read.
  static Optional<SigningKeys> existing(List<SigningSecret> configured, Path dataDirectory) {
    Path file = dataDirectory.resolve(NAME);
    if (configured.isEmpty() && !Files.isReadable(file)) {
      return Optional.empty();
    }
    return Optional.of(keys(configured, dataDirectory));
  }

  private static SigningKeys.Key own(Path file) {
    try {
      if (!Files.exists(file)) {
        create(file);
      }
      String[] parts = Files.readString(file).strip().split(" ");
      if (parts.length != 2) {
        throw new IllegalArgumentException(file + " holds no signing key: expected ID SECRET");
      }
      return new SigningKeys.Key(parts[0], Base64.getDecoder().decode(parts[1]));
    } catch (IOException e) {
      throw new UncheckedIOException("the signing key in " + file + " cannot be read", e);
    }
  }

  /// Its id is random: canaries of another installation are told by it.
  private static void create(Path file) throws IOException {
    SecureRandom random = new SecureRandom();
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    String id = "d" + Integer.toString(random.nextInt(36 * 36 * 36 * 36), 36);
    Files.createDirectories(file.toAbsolutePath().getParent());
    try (var channel =
        Files.newByteChannel(
            file,
            java.util.Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            ownerOnly(file))) {
      String line = id + " " + Base64.getEncoder().encodeToString(secret) + "\n";
      channel.write(java.nio.ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
    } catch (FileAlreadyExistsException _) {
      // Another process on the same data was quicker: its key serves as well.
    }
  }

  private static java.nio.file.attribute.FileAttribute<?>[] ownerOnly(Path file) {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    return posix
        ? new java.nio.file.attribute.FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new java.nio.file.attribute.FileAttribute<?>[0];
  }
}
