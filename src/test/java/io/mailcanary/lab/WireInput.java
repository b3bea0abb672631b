package io.mailcanary.lab;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Lines and counted bytes from a socket, with few copies.
final class WireInput {
  private static final int LONGEST_LINE = 64 * 1024;

  private final InputStream in;
  private final byte[] buffer = new byte[8 * 1024];
  private int start;
  private int end;

  WireInput(InputStream in) {
    this.in = in;
  }

  /// Whether a read would not have to wait.
  boolean hasMore() {
    return start < end;
  }

  /// The next line without its end.
  byte[] line() throws IOException {
    byte[] held = new byte[0];
    while (true) {
      int newline = start;
      while (newline < end && buffer[newline] != '\n') {
        newline++;
      }
      held = joined(held, newline);
      boolean complete = newline < end;
      start = complete ? newline + 1 : newline;
      if (complete) {
        boolean carriageReturn = held.length > 0 && held[held.length - 1] == '\r';
        return carriageReturn ? Arrays.copyOf(held, held.length - 1) : held;
      }
      if (held.length > LONGEST_LINE) {
        throw new IOException("line too long");
      }
      fill();
    }
  }

  private byte[] joined(byte[] held, int stop) {
    byte[] all = Arrays.copyOf(held, held.length + stop - start);
    System.arraycopy(buffer, start, all, held.length, stop - start);
    return all;
  }

  String text() throws IOException {
    return new String(line(), StandardCharsets.ISO_8859_1);
  }

  byte[] bytes(int count) throws IOException {
    byte[] bytes = new byte[count];
    int have = 0;
    while (have < count) {
      if (start == end) {
        fill();
      }
      int part = Math.min(count - have, end - start);
      System.arraycopy(buffer, start, bytes, have, part);
      start += part;
      have += part;
    }
    return bytes;
  }

  private void fill() throws IOException {
    int count = in.read(buffer);
    if (count < 0) {
      throw new EOFException();
    }
    start = 0;
    end = count;
  }
}
