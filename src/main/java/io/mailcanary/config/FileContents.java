package io.mailcanary.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// Reads the files of one reading, each once, and keeps what their contents were.
final class FileContents {
  private static final long LARGEST_TOTAL = 128L * 1024 * 1024;

  private final Map<Path, Content> contents = new HashMap<>();
  private final Map<Path, String> texts = new HashMap<>();
  private long total;

  /// What a file holds, or why that is not known, with the mark by which a change is noticed.
  sealed interface Content {
    String mark();

    @SuppressWarnings("ArrayRecordComponent") // never compared, and never handed out to change
    record Bytes(byte[] bytes, String mark) implements Content {
      @Override
      public String toString() {
        return "Bytes[%d]".formatted(bytes.length);
      }
    }

    record Unreadable(String reason, String mark) implements Content {}
  }

  /// @throws IOException with the reason in a few words
  byte[] read(Path path, int largest) throws IOException {
    return switch (contents.computeIfAbsent(path, this::bounded)) {
      case Content.Bytes content when content.bytes().length <= largest -> content.bytes();
      case Content.Bytes _ -> throw new IOException("it is larger than " + Units.size(largest));
      case Content.Unreadable unreadable -> throw new IOException(unreadable.reason());
    };
  }

  /// Keeps no more than a reading needs, but marks of all.
  private Content bounded(Path path) {
    Content found = Snapshot.look(path);
    total += found instanceof Content.Bytes content ? content.bytes().length : 0;
    return total <= LARGEST_TOTAL
        ? found
        : new Content.Unreadable(
            "all files together are larger than " + Units.size(LARGEST_TOTAL), found.mark());
  }

  /// The same text for all who read the same file: thousands of paths may share a template.
  String shared(Path path, String text) {
    return texts.computeIfAbsent(path, _ -> text);
  }

  Snapshot snapshot() {
    Map<Path, String> marks = new HashMap<>();
    contents.forEach((path, content) -> marks.put(path, content.mark()));
    return new Snapshot(marks);
  }

  /// Takes note of a folder whose list of files counts.
  void listed(Path folder, String mark) {
    contents.put(folder, new Content.Unreadable("it is a folder", mark));
  }
}
