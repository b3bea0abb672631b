package io.mailcanary.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Holds a command until the process is told to end, and holds the process until the command has
/// closed what it opened. To be opened before everything else, so that it is closed last.
final class Ending implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final CountDownLatch told = new CountDownLatch(1);
  private final CountDownLatch done = new CountDownLatch(1);

  Ending() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::end, "end"));
  }

  /// Returns when somebody pressed Ctrl-C or sent SIGTERM.
  void await() throws InterruptedException {
    told.await();
  }

  @Override
  public void close() {
    done.countDown();
  }

  private void end() {
    told.countDown();
    try {
      if (!done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println("mailcanary: ended before everything was closed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
