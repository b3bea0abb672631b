package io.mailcanary.receiver;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A client's connection that has to get on: what was asked for must be there whole by a deadline,
/// however often a byte of it comes.
final class GuardedSocket extends Socket {
  private final long endsAt;
  private volatile long dueAt;

  /// @param longest how long it may stay at all
  GuardedSocket(Duration longest) {
    endsAt = System.nanoTime() + longest.toNanos();
    dueAt = endsAt;
  }

  /// What comes next has to be there within that time.
  void within(Duration limit) {
    long due = System.nanoTime() + limit.toNanos();
    dueAt = due - endsAt < 0 ? due : endsAt;
  }

  /// For how long it has been too late; negative: it is not.
  Duration overdue() {
    return Duration.ofNanos(System.nanoTime() - dueAt);
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new Guarded(super.getInputStream());
  }

  private final class Guarded extends FilterInputStream {
    Guarded(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      long left = TimeUnit.NANOSECONDS.toMillis(dueAt - System.nanoTime());
      if (left <= 0) {
        throw new SocketTimeoutException("too slow");
      }
      setSoTimeout(Math.toIntExact(left));
      return super.read(bytes, offset, length);
    }
  }
}
