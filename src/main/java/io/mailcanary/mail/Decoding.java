package io.mailcanary.mail;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// From bytes on the wire, held a char a byte, to text: transfer encodings (RFC 2045 §6), charsets,
/// encoded words (RFC 2047). Total: what cannot be decoded stays as it is.
final class Decoding {
  private static final int MOST = 256 * 1024;
  private static final Pattern ENCODED_WORD =
      Pattern.compile(
          "=\\?([A-Za-z0-9._:-]{1,40})(?:\\*[A-Za-z0-9-]{0,20})?\\?([BbQq])\\?([^? ]{0,2000})\\?=");

  private Decoding() {}

  static String text(String content, String transferEncoding, String charset) {
    String cut = content.length() > MOST ? content.substring(0, MOST) : content;
    return in(charset, bytes(cut, transferEncoding));
  }

  /// A header field with its encoded words read.
  static String words(String field) {
    if (!field.contains("=?")) {
      return field;
    }
    Matcher words = ENCODED_WORD.matcher(field);
    StringBuilder text = new StringBuilder();
    int end = 0;
    while (words.find()) {
      String between = field.substring(end, words.start());
      // Space between two encoded words belongs to neither (RFC 2047 §6.2).
      text.append(end > 0 && between.isBlank() ? "" : between).append(word(words));
      end = words.end();
    }
    return text.append(field, end, field.length()).toString();
  }

  private static String word(Matcher word) {
    boolean base64 = word.group(2).equalsIgnoreCase("B");
    byte[] bytes =
        base64 ? base64(word.group(3)) : quotedPrintable(word.group(3).replace('_', ' '));
    return in(word.group(1), bytes);
  }

  private static byte[] bytes(String content, String transferEncoding) {
    return switch (transferEncoding.strip().toLowerCase(Locale.ROOT)) {
      case "base64" -> base64(content);
      case "quoted-printable" -> quotedPrintable(content);
      case String _ -> content.getBytes(StandardCharsets.ISO_8859_1);
    };
  }

  private static byte[] base64(String content) {
    byte[] digits = new byte[content.length()];
    int count = 0;
    for (int i = 0; i < content.length(); i++) {
      char c = content.charAt(i);
      if (c == '=') {
        break;
      }
      if (c >= 'a' && c <= 'z'
          || c >= 'A' && c <= 'Z'
          || c >= '0' && c <= '9'
          || c == '+'
          || c == '/') {
        digits[count++] = (byte) c;
      }
    }
    // One digit over is half a byte of nothing.
    return Base64.getDecoder().decode(Arrays.copyOf(digits, count % 4 == 1 ? count - 1 : count));
  }

  private static byte[] quotedPrintable(String content) {
    byte[] bytes = new byte[content.length()];
    int count = 0;
    for (int i = 0; i < content.length(); i++) {
      char c = content.charAt(i);
      if (c != '=') {
        bytes[count++] = (byte) c;
      } else if (softBreak(content, i + 1) > 0) {
        i += softBreak(content, i + 1);
      } else if (i + 2 < content.length()
          && digit(content.charAt(i + 1)) >= 0
          && digit(content.charAt(i + 2)) >= 0) {
        bytes[count++] = (byte) (digit(content.charAt(i + 1)) * 16 + digit(content.charAt(i + 2)));
        i += 2;
      } else {
        bytes[count++] = (byte) c;
      }
    }
    return Arrays.copyOf(bytes, count);
  }

  /// How many characters an end of line takes that an equals sign hides; none where there is none.
  private static int softBreak(String content, int from) {
    int at = from;
    while (at < content.length() && (content.charAt(at) == ' ' || content.charAt(at) == '\t')) {
      at++;
    }
    if (at < content.length() && content.charAt(at) == '\r') {
      at++;
    }
    return at < content.length() && content.charAt(at) == '\n' ? at + 1 - from : 0;
  }

  private static int digit(char c) {
    return Character.digit(c, 16);
  }

  private static String in(String charset, byte[] bytes) {
    return new String(bytes, charset(charset, bytes));
  }

  private static Charset charset(String name, byte[] bytes) {
    String bare = name.strip();
    if (bare.isEmpty() || bare.equalsIgnoreCase("us-ascii")) {
      return unnamed(bytes);
    }
    try {
      return bare.length() > 40 ? unnamed(bytes) : Charset.forName(bare);
    } catch (IllegalArgumentException _) {
      return unnamed(bytes);
    }
  }

  /// Nobody said: escape sequences mean ISO-2022-JP (RFC 1468), high bytes UTF-8 or Latin 1.
  private static Charset unnamed(byte[] bytes) {
    boolean high = false;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0x1b && i + 1 < bytes.length && bytes[i + 1] == '$') {
        return Charset.isSupported("ISO-2022-JP")
            ? Charset.forName("ISO-2022-JP")
            : StandardCharsets.ISO_8859_1;
      }
      high |= bytes[i] < 0;
    }
    if (!high) {
      return StandardCharsets.ISO_8859_1;
    }
    return isUtf8(bytes) ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
  }

  private static boolean isUtf8(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(bytes));
      return true;
    } catch (java.nio.charset.CharacterCodingException _) {
      return false;
    }
  }
}
