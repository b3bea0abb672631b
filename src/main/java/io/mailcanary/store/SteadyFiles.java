package io.mailcanary.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;
import org.jspecify.annotations.Nullable;

/// Files for H2 that stay open when a thread at work in them is interrupted: `steady:PATH`.
///
/// A file channel is closed for good by that. H2's `async:` hands each read to another thread and
/// waits for it, which costs several times what the read does. Public for H2, which makes one for
/// each path.
public final class SteadyFiles extends FilePathWrapper {
  static final String SCHEME = "steady";

  public SteadyFiles() {}

  static void register() {
    FilePath.register(new SteadyFiles());
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FileChannel open(String mode) throws IOException {
    return new SteadyFile(toString(), new RandomAccessFile(getBase().toString(), mode));
  }

  /// Nothing here calls `begin` and `end`, by which a channel hears of interruptions.
  private static final class SteadyFile extends FileBaseDefault {
    private final String name;
    private final RandomAccessFile file;

    SteadyFile(String name, RandomAccessFile file) {
      this.name = name;
      this.file = file;
    }

    @Override
    public synchronized int read(ByteBuffer into, long position) throws IOException {
      file.seek(position);
      if (into.hasArray()) {
        int length = file.read(into.array(), start(into), into.remaining());
        into.position(into.position() + Math.max(0, length));
        return length;
      }
      byte[] bytes = new byte[into.remaining()];
      int length = file.read(bytes);
      into.put(bytes, 0, Math.max(0, length));
      return length;
    }

    @Override
    public synchronized int write(ByteBuffer from, long position) throws IOException {
      file.seek(position);
      int length = from.remaining();
      if (from.hasArray()) {
        file.write(from.array(), start(from), length);
        from.position(from.limit());
      } else {
        byte[] bytes = new byte[length];
        from.get(bytes);
        file.write(bytes);
      }
      return length;
    }

    private static int start(ByteBuffer buffer) {
      return buffer.arrayOffset() + buffer.position();
    }

    @Override
    public synchronized long size() throws IOException {
      return file.length();
    }

    @Override
    protected synchronized void implTruncate(long size) throws IOException {
      if (size < file.length()) {
        file.setLength(size);
      }
    }

    @Override
    public void force(boolean withMetadata) throws IOException {
      file.getFD().sync();
    }

    @Override
    public @Nullable FileLock tryLock(long position, long size, boolean shared) throws IOException {
      return file.getChannel().tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
      file.close();
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
