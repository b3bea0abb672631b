package io.mailcanary.mailbox;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// Reads ahead of the parser, which makes room for whatever size a literal announces (RFC 3501
/// §4.3) and reads lines of any length: both are bounded here.
final class ImapInput extends FilterInputStream {
  static final int LONGEST_LITERAL = 2 * FoundMessage.HEAD;
  static final int LONGEST_LINE = 64 * 1024;

  private enum Place {
    LINE,
    /// Behind an opening brace, within digits.
    SIZE,
    /// Behind the closing brace.
    CLOSED,
    /// Behind the brace and CR.
    CR,
    LITERAL
  }

  private Place place = Place.LINE;
  private long size;
  private int line;

  ImapInput(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int count = in.read(buffer, offset, length);
    for (int i = 0; i < count; i++) {
      i += follow(buffer[offset + i], count - i);
    }
    return count;
  }

  /// @return how many of the bytes behind this one need no look
  private int follow(byte b, int left) throws IOException {
    if (place == Place.LITERAL) {
      int skip = (int) Math.min(size, left);
      size -= skip;
      place = size == 0 ? Place.LINE : Place.LITERAL;
      return skip - 1;
    }
    if (++line > LONGEST_LINE) {
      throw new IOException("a line of more than %d bytes".formatted(LONGEST_LINE));
    }
    place = next(b);
    return 0;
  }

  private Place next(byte b) throws IOException {
    if (b == '{') {
      size = 0;
      return Place.SIZE;
    }
    if (b == '\n') {
      boolean literal = place == Place.CR && size > 0;
      if (literal && size > LONGEST_LITERAL) {
        throw new IOException("a literal of more than %d bytes".formatted(LONGEST_LITERAL));
      }
      line = literal ? line : 0;
      return literal ? Place.LITERAL : Place.LINE;
    }
    return switch (place) {
      case SIZE -> inSize(b);
      case CLOSED -> b == '\r' ? Place.CR : Place.LINE;
      case LINE, CR, LITERAL -> Place.LINE;
    };
  }

  private Place inSize(byte b) {
    if (b == '}') {
      return Place.CLOSED;
    }
    if (b < '0' || b > '9') {
      // The parser takes whatever a number format takes; nothing but digits is a size here.
      return Place.LINE;
    }
    size = Math.min(size * 10 + (b - '0'), Integer.MAX_VALUE);
    return Place.SIZE;
  }
}
