package io.mailcanary.canary;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// What a canary held when it was sent, so that a change on the way is seen.
///
/// @param digest of the beginning of its body, 32 hexadecimal digits
/// @param bytes of the whole message; on the way it only grows, by its trace lines
public record Content(String digest, long bytes) {
  /// As much of a body as is digested, in characters.
  public static final int DIGESTED = 16 * 1024;

  private static final Pattern LINE_END = Pattern.compile("\r?\n");

  /// Of a body with what relays may change lawfully left out: line ends, and white space at the
  /// ends of lines and of the body (RFC 6376 §3.4.4 calls that relaxed).
  public static Content of(String body, long bytes) {
    StringBuilder text = new StringBuilder();
    int blank = 0;
    for (String line : LINE_END.split(body, -1)) {
      String stripped = line.stripTrailing();
      if (stripped.isEmpty()) {
        blank++;
        continue;
      }
      text.append("\n".repeat(blank)).append(stripped).append('\n');
      blank = 0;
      if (text.length() >= DIGESTED) {
        text.setLength(DIGESTED);
        break;
      }
    }
    return new Content(digest(text.toString()), bytes);
  }

  /// Whether `found` is something else than this, or less.
  public boolean differsFrom(Content found) {
    return !digest.equals(found.digest) || found.bytes < bytes;
  }

  private static String digest(String text) {
    try {
      byte[] sum =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sum, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }
}
