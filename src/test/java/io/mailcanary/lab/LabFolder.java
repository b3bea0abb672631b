package io.mailcanary.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import org.jspecify.annotations.Nullable;

/// A server's private folder: servers that shed root must be able to pass through it.
final class LabFolder {
  private final Path path;

  private LabFolder(Path path) {
    this.path = path;
  }

  static LabFolder create(String name) {
    try {
      Path path = Files.createTempDirectory("mailcanary-" + name + "-");
      permit(path, "rwxr-xr-x");
      return new LabFolder(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path path() {
    return path;
  }

  Path file(String name) {
    return path.resolve(name);
  }

  Path write(String name, String content) {
    try {
      Path file = file(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, content, StandardCharsets.UTF_8);
      permit(file, "rw-r--r--");
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path directory(String name, String permissions) {
    try {
      Path directory = Files.createDirectories(file(name));
      permit(directory, permissions);
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path directory(String name, String permissions, String owner) {
    Path directory = directory(name, permissions);
    try {
      UserPrincipal user =
          directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(owner);
      Files.setOwner(directory, user);
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void permit(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  /// Best effort: a server that is just ending may still write, and a temporary folder left behind
  /// fails no test.
  void delete() {
    try {
      Files.walkFileTree(path, new Deleter());
    } catch (IOException _) {
      // the rest stays
    }
  }

  private static final class Deleter extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      Files.deleteIfExists(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
