package io.mailcanary.lab;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A message in memory.
final class StubMessage {
  private final long uid;
  private final byte[] content;
  private final Instant arrivedAt;
  private final Set<String> flags = ConcurrentHashMap.newKeySet();

  StubMessage(long uid, byte[] content, Instant arrivedAt) {
    this.uid = uid;
    this.content = content;
    this.arrivedAt = arrivedAt;
  }

  long uid() {
    return uid;
  }

  byte[] content() {
    return content;
  }

  Instant arrivedAt() {
    return arrivedAt;
  }

  Set<String> flags() {
    return flags;
  }

  boolean deleted() {
    return flags.contains("\\Deleted");
  }

  /// Where the header ends, its empty line included.
  int headerLength() {
    for (int index = 3; index < content.length; index++) {
      if (content[index] == '\n'
          && content[index - 1] == '\r'
          && content[index - 2] == '\n'
          && content[index - 3] == '\r') {
        return index + 1;
      }
    }
    return content.length;
  }

  String header() {
    return new String(content, 0, headerLength(), StandardCharsets.ISO_8859_1);
  }
}
