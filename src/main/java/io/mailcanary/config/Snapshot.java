package io.mailcanary.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// What all files of a reading held, by a mark each. Two readings are the same when these are.
public record Snapshot(Map<Path, String> marks) {
  /// The most that is ever read of one file, in bytes.
  static final int LARGEST = 16 * 1024 * 1024;

  /// The most probe files in a folder.
  static final int MOST_FILES = 1_000;

  public Snapshot {
    marks = Map.copyOf(marks);
  }

  public Set<Path> files() {
    return marks.keySet();
  }

  /// Marks are digests of secrets, too.
  @Override
  public String toString() {
    return "Snapshot[%d files]".formatted(marks.size());
  }

  /// The mark that `path` has now.
  static String mark(Path path) {
    if (!Files.isDirectory(path)) {
      return look(path).mark();
    }
    try {
      return mark(probeFiles(path));
    } catch (IOException _) {
      return "unreadable";
    }
  }

  /// The mark of a folder that holds these probe files.
  static String mark(List<Path> probeFiles) {
    return digest(probeFiles.toString().getBytes(StandardCharsets.UTF_8));
  }

  static FileContents.Content look(Path path) {
    try {
      if (Files.isDirectory(path)) {
        return unreadable("it is a folder");
      }
      // Opening a pipe would wait for its other end.
      if (Files.exists(path) && !Files.isRegularFile(path)) {
        return unreadable("it is no regular file");
      }
      try (InputStream in = Files.newInputStream(path)) {
        byte[] bytes = in.readNBytes(LARGEST + 1);
        return bytes.length > LARGEST
            ? new FileContents.Content.Unreadable(
                "it is larger than " + Units.size(LARGEST),
                "large " + Files.size(path) + " " + Files.getLastModifiedTime(path))
            : new FileContents.Content.Bytes(bytes, digest(bytes));
      }
    } catch (NoSuchFileException _) {
      return unreadable("there is no such file");
    } catch (AccessDeniedException _) {
      return unreadable("access is denied");
    } catch (IOException _) {
      return unreadable("reading it fails");
    }
  }

  /// The probe files of a folder by name; one more than allowed where there are too many.
  static List<Path> probeFiles(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(Snapshot::isProbeFile).sorted().limit(MOST_FILES + 1L).toList();
    }
  }

  private static boolean isProbeFile(Path path) {
    String name = String.valueOf(path.getFileName());
    boolean named = name.endsWith(".yaml") || name.endsWith(".yml");
    return named && !name.startsWith(".") && !Files.isDirectory(path);
  }

  private static FileContents.Content unreadable(String reason) {
    return new FileContents.Content.Unreadable(reason, reason);
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }
}
