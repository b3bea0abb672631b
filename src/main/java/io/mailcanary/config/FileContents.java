package io.mailcanary.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// Reads the files of one reading, each once, and keeps what their contents were.
final class FileContents {
  private final Map<Path, Content> contents = new HashMap<>();

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
    return switch (contents.computeIfAbsent(path, Snapshot::look)) {
      case Content.Bytes content when content.bytes().length <= largest -> content.bytes();
      case Content.Bytes _ -> throw new IOException("it is larger than " + Units.size(largest));
      case Content.Unreadable unreadable -> throw new IOException(unreadable.reason());
    };
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
