package io.mailcanary.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.h2.store.fs.FilePath;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SteadyFilesTest {
  @TempDir private Path directory;

  @BeforeEach
  void register() {
    SteadyFiles.register();
  }

  @Test
  void anInterruptedThreadLeavesItOpen() throws IOException {
    try (FileChannel file = open("rw")) {
      Thread.currentThread().interrupt();
      file.write(heap("canary"), 0);
      assertThat(read(file, ByteBuffer.allocate(6), 0)).isEqualTo("canary");
      file.force(true);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(file.isOpen()).isTrue();
    }
  }

  @Test
  void anyBufferIsReadAndWrittenFromItsPosition() throws IOException {
    try (FileChannel file = open("rw")) {
      ByteBuffer part = heap("..canary").position(2).slice();
      assertThat(file.write(part, 3)).isEqualTo(6);
      assertThat(part.hasRemaining()).isFalse();
      ByteBuffer sealed = heap("mail").asReadOnlyBuffer();
      assertThat(file.write(sealed.limit(3), 0)).isEqualTo(3);
      assertThat(sealed.hasRemaining()).isFalse();

      assertThat(read(file, ByteBuffer.allocate(9), 0)).isEqualTo("maicanary");
      assertThat(read(file, ByteBuffer.allocateDirect(4), 5)).isEqualTo("nary");
      assertThat(read(file, ByteBuffer.allocate(20).position(4).slice(), 7)).isEqualTo("ry");
    }
  }

  @Test
  void behindItsEndThereIsNothing() throws IOException {
    try (FileChannel file = open("rw")) {
      file.write(heap("canary"), 0);
      ByteBuffer heap = ByteBuffer.allocate(4);
      assertThat(file.read(heap, 6)).isEqualTo(-1);
      assertThat(heap.position()).isZero();
      ByteBuffer direct = ByteBuffer.allocateDirect(4);
      assertThat(file.read(direct, 6)).isEqualTo(-1);
      assertThat(direct.position()).isZero();
    }
  }

  @Test
  void itIsCutAndNeverPadded() throws IOException {
    try (FileChannel file = open("rw")) {
      file.write(heap("canary"), 0);
      file.truncate(100);
      assertThat(file.size()).isEqualTo(6);
      file.truncate(3);
      assertThat(file.size()).isEqualTo(3);
    }
    assertThat(directory.resolve("file")).hasContent("can");
  }

  @Test
  void whoOpensItToReadDoesNotWrite() throws IOException {
    Files.writeString(directory.resolve("file"), "canary");
    try (FileChannel file = open("r")) {
      assertThat(read(file, ByteBuffer.allocate(6), 0)).isEqualTo("canary");
      assertThatThrownBy(() -> file.write(heap("x"), 0)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void itsLockIsOnePersons() throws IOException {
    try (FileChannel file = open("rw");
        FileChannel again = open("rw")) {
      assertThat(file.tryLock(0, Long.MAX_VALUE, false)).isNotNull();
      assertThatThrownBy(() -> again.tryLock(0, Long.MAX_VALUE, false))
          .isInstanceOf(OverlappingFileLockException.class);
    }
  }

  private FileChannel open(String mode) throws IOException {
    return FilePath.get(SteadyFiles.SCHEME + ":" + directory.resolve("file")).open(mode);
  }

  private static ByteBuffer heap(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static String read(FileChannel file, ByteBuffer into, long position) throws IOException {
    file.read(into, position);
    return UTF_8.decode(into.flip()).toString();
  }
}
