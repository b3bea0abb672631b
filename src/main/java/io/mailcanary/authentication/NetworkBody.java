package io.mailcanary.authentication;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// Takes a message from its first byte on and hands on its body, with the line ends that it had on
/// the wire: a Maildir may hold lines as the system ends them, and signed was what went over the
/// wire (RFC 6376 §5.3).
final class NetworkBody extends FilterOutputStream {
  private static final int BUFFER = 8 * 1024;

  private final byte[] buffer = new byte[BUFFER];
  private int used;
  private long header;
  private long left;
  private int last = '\n';

  /// @param header how many bytes stand before the body
  /// @param most as many bytes are taken in all
  NetworkBody(OutputStream out, long header, long most) {
    super(out);
    this.header = header;
    this.left = most;
  }

  @Override
  public void write(int b) throws IOException {
    if (--left < 0) {
      throw new IOException("it is larger than it was said to be");
    }
    if (header > 0) {
      header--;
      return;
    }
    if (b == '\n' && last != '\r') {
      put('\r');
    }
    put(b);
    last = b;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    for (int i = 0; i < length; i++) {
      write(bytes[offset + i] & 0xff);
    }
  }

  @Override
  public void flush() throws IOException {
    out.write(buffer, 0, used);
    used = 0;
    out.flush();
  }

  private void put(int b) throws IOException {
    if (used == buffer.length) {
      out.write(buffer, 0, used);
      used = 0;
    }
    buffer[used++] = (byte) b;
  }
}
