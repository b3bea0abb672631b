package io.mailcanary.wire;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;

/// The TCP connection under a [BoundedSocket]: every read ends with the exchange's time, every
/// write is watched. TLS is layered on this one.
final class Line extends Socket {
  /// A limit that is longer, or that is set while the read waits, may be exceeded by a second, the
  /// time between two looks of [Stalls].
  private static final int EXACT_MILLIS = 5_000;

  private final Exchange exchange;
  private volatile int readMillis;
  private volatile boolean readIsWatched;
  private volatile long writingSince;

  Line(Exchange exchange) {
    this.exchange = exchange;
  }

  /// The caller's own limit for one read; 0: none.
  void readWithin(int millis) {
    readMillis = millis;
  }

  int readWithin() {
    return readMillis;
  }

  void closeIfStalled(long now) {
    long since = writingSince;
    long allowed = exchange.allowed().toNanos();
    if (since != 0 && allowed != 0 && now - since > allowed) {
      exchange.stalled();
      abandon();
    } else if (readIsWatched && exchange.isLate()) {
      exchange.late();
      abandon();
    }
  }

  /// Closes without a word.
  void abandon() {
    try {
      close();
    } catch (IOException _) {
      // It is gone either way.
    }
  }

  @Override
  public void close() throws IOException {
    Stalls.forget(this);
    super.close();
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new TimedInput(super.getInputStream());
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return new WatchedOutput(super.getOutputStream());
  }

  private final class TimedInput extends FilterInputStream {
    TimedInput(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int own = readMillis;
      int patience = exchange.patience(own);
      boolean watched = own == 0 && (patience == 0 || patience > EXACT_MILLIS);
      setSoTimeout(watched ? 0 : patience);
      readIsWatched = watched;
      try {
        return in.read(buffer, offset, length);
      } catch (SocketTimeoutException e) {
        if (exchange.isLate()) {
          throw exchange.late();
        }
        throw e;
      } catch (IOException e) {
        throw broken(e);
      } finally {
        readIsWatched = false;
      }
    }
  }

  private final class WatchedOutput extends FilterOutputStream {
    WatchedOutput(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
      writingSince = System.nanoTime() | 1;
      try {
        out.write(buffer, offset, length);
      } catch (IOException e) {
        throw broken(e);
      } finally {
        writingSince = 0;
      }
    }
  }

  /// Where we closed it ourselves, why.
  private IOException broken(IOException e) {
    WireException breach = exchange.breach();
    return breach == null ? e : breach;
  }
}
