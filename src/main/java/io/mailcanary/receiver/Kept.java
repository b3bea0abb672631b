package io.mailcanary.receiver;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ref.SoftReference;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// All of a message, for as long as its memory is not wanted for anything better.
public final class Kept {
  private final String trace;
  private final SoftReference<byte @Nullable []> text;

  /// @param trace our own trace lines, which stand on top
  /// @param text what came over the wire; null: it was not kept
  Kept(String trace, byte @Nullable [] text) {
    this.trace = trace;
    this.text = new SoftReference<>(text);
  }

  /// Writes it from its first byte to its last.
  ///
  /// @throws IOException when it was not kept
  public void copyTo(OutputStream out) throws IOException {
    byte[] all = text.get();
    if (all == null) {
      throw new IOException("the rest of it was not kept");
    }
    out.write(trace.getBytes(StandardCharsets.ISO_8859_1));
    out.write(all);
  }
}
