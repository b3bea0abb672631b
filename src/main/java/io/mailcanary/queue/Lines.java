package io.mailcanary.queue;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The lines of a list, each bounded and all together; what is too much of a line is left out.
final class Lines {
  private static final int LONGEST = 1 << 20;

  private final InputStream in;
  private long left;
  private boolean whole = true;

  Lines(InputStream in, long mostBytes) {
    this.in = new BufferedInputStream(in, 1 << 16);
    this.left = mostBytes;
  }

  /// @return empty at the end, or where the bound is
  Optional<String> next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = read();
    if (next < 0) {
      return Optional.empty();
    }
    for (; next >= 0 && next != '\n'; next = read()) {
      if (line.size() < LONGEST && next != '\r') {
        line.write(next);
      }
    }
    return Optional.of(line.toString(StandardCharsets.UTF_8));
  }

  /// Whether nothing was left out at the end.
  boolean isWhole() {
    return whole;
  }

  private int read() throws IOException {
    if (left == 0) {
      whole = false;
      return -1;
    }
    left--;
    return in.read();
  }
}
