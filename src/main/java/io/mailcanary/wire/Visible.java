package io.mailcanary.wire;

import java.nio.charset.StandardCharsets;

/// Bytes from a stranger, fit for one line of a log or a page.
public final class Visible {
  private Visible() {}

  /// ASCII as it is, all else as `\xNN`, with an ellipsis where it was cut.
  public static String text(byte[] bytes, int limit) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < Math.min(bytes.length, limit); i++) {
      int c = bytes[i] & 0xff;
      if (c < 0x20 || c >= 0x7f) {
        shown.append("\\x%02x".formatted(c));
      } else {
        shown.append((char) c);
      }
    }
    return bytes.length > limit ? shown + "…" : shown.toString();
  }

  /// The same for text that was read byte for byte.
  public static String text(String text, int limit) {
    return text(text.strip().getBytes(StandardCharsets.UTF_8), limit);
  }
}
