package io.mailcanary.receiver;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.subethamail.smtp.internal.io.DotTerminatedInputStream;
import org.subethamail.smtp.internal.io.DotUnstuffingInputStream;

/// A message as it came: how it begins, and how large it was. The rest is not kept.
record Incoming(String head, long bytes) {
  /// Nobody sends so much more than we said that we take (RFC 1870 §6.3); then it is over.
  private static final int PATIENCE = 2;

  /// Reads up to the final dot, whatever is too much included.
  static Incoming read(InputStream raw, long most) throws IOException {
    InputStream in = new DotUnstuffingInputStream(new DotTerminatedInputStream(raw));
    byte[] head = new byte[ReceivedMessage.HEAD];
    long bytes = 0;
    for (int next = in.read(); next >= 0; next = in.read()) {
      if (bytes < head.length) {
        head[(int) bytes] = (byte) next;
      }
      if (++bytes > PATIENCE * most) {
        throw new EOFException("far too large");
      }
    }
    int kept = (int) Math.min(bytes, head.length);
    return new Incoming(new String(head, 0, kept, StandardCharsets.ISO_8859_1), bytes);
  }
}
