package io.mailcanary.receiver;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.subethamail.smtp.internal.io.DotTerminatedInputStream;
import org.subethamail.smtp.internal.io.DotUnstuffingInputStream;

/// A message as it came: how it begins, and how large it was.
///
/// @param text all of it; null where that was too much to keep
record Incoming(String head, long bytes, byte @Nullable [] text) {
  /// Nobody sends so much more than we said that we take (RFC 1870 §6.3); then it is over.
  private static final int PATIENCE = 2;

  private static final int BLOCK = ReceivedMessage.HEAD;

  /// One larger than that is not kept.
  private static final int MOST_KEPT = 16 << 20;

  /// So many blocks of messages that are just coming in are kept at a time, of all of them.
  private static final Semaphore ROOM = new Semaphore(1024);

  /// Reads up to the final dot, whatever is too much included.
  static Incoming read(InputStream raw, long most) throws IOException {
    InputStream in = new DotUnstuffingInputStream(new DotTerminatedInputStream(raw));
    byte[] block = new byte[BLOCK];
    ByteArrayOutputStream text = new ByteArrayOutputStream(BLOCK);
    String head = "";
    long bytes = 0;
    int rented = 0;
    boolean keeps = true;
    try {
      for (int filled = fill(in, block); filled > 0; filled = fill(in, block)) {
        if (bytes == 0) {
          head = new String(block, 0, filled, StandardCharsets.ISO_8859_1);
        }
        bytes += filled;
        if (bytes > PATIENCE * most) {
          throw new EOFException("far too large");
        }
        keeps = keeps && bytes <= MOST_KEPT && ROOM.tryAcquire();
        rented += keeps ? 1 : 0;
        if (keeps) {
          text.write(block, 0, filled);
        } else {
          text = new ByteArrayOutputStream(0);
        }
      }
      return new Incoming(head, bytes, keeps ? text.toByteArray() : null);
    } finally {
      ROOM.release(rented);
    }
  }

  private static int fill(InputStream in, byte[] block) throws IOException {
    int filled = 0;
    for (int next = in.read(); next >= 0; next = in.read()) {
      block[filled++] = (byte) next;
      if (filled == block.length) {
        break;
      }
    }
    return filled;
  }
}
