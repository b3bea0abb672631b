package io.mailcanary.queue;

import io.mailcanary.path.Queue;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Reads the list of a queue, from a program or a file, so much of it and for so long at most.
public final class QueueReader implements AutoCloseable {
  private static final int LONGEST_COMPLAINT = 300;

  private final InstantSource clock;
  private final Duration patience;
  private final long mostBytes;
  private final ScheduledExecutorService alarm =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("queue-alarm").factory());

  public QueueReader(InstantSource clock) {
    this(clock, Duration.ofSeconds(30), 256L << 20);
  }

  /// @param patience how long a program may run
  /// @param mostBytes as much is read
  QueueReader(InstantSource clock, Duration patience, long mostBytes) {
    this.clock = clock;
    this.patience = patience;
    this.mostBytes = mostBytes;
  }

  /// What the queue holds now.
  ///
  /// @throws QueueException when it cannot be read
  public QueueListing read(Queue queue) throws QueueException {
    return switch (queue.source()) {
      case Queue.Source.Command(List<String> words) -> run(queue, words);
      case Queue.Source.File(Path path) -> open(queue, path);
    };
  }

  private QueueListing open(Queue queue, Path path) throws QueueException {
    try (InputStream in = Files.newInputStream(path)) {
      Instant written = Files.getLastModifiedTime(path).toInstant();
      Duration old = Duration.between(written, clock.instant());
      Duration limit = queue.every().multipliedBy(3).plusMinutes(1);
      if (old.compareTo(limit) > 0) {
        throw new QueueException(
            "%s was last written %d s ago, expected every %d s"
                .formatted(path, old.toSeconds(), queue.every().toSeconds()));
      }
      return listing(queue, in);
    } catch (IOException e) {
      throw new QueueException("%s cannot be read: %s".formatted(path, e));
    }
  }

  private QueueListing run(Queue queue, List<String> words) throws QueueException {
    Process process = start(words);
    CompletableFuture<Boolean> late = new CompletableFuture<>();
    var timer =
        alarm.schedule(
            () -> {
              late.complete(true);
              end(process);
            },
            patience.toMillis(),
            TimeUnit.MILLISECONDS);
    CompletableFuture<String> complaint = new CompletableFuture<>();
    Thread.startVirtualThread(() -> complaint.complete(complaint(process)));
    try (InputStream in = process.getInputStream()) {
      process.getOutputStream().close();
      QueueListing listing = listing(queue, in);
      if (!listing.whole()) {
        end(process);
        return listing;
      }
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS) || late.isDone()) {
        throw new QueueException("%s took longer than %s".formatted(words.getFirst(), patience));
      }
      if (process.exitValue() != 0) {
        throw new QueueException(
            "%s ended with %d: %s"
                .formatted(words.getFirst(), process.exitValue(), complaint.join()));
      }
      return listing;
    } catch (IOException e) {
      throw new QueueException(
          late.isDone()
              ? "%s took longer than %s".formatted(words.getFirst(), patience)
              : "%s could not be read: %s".formatted(words.getFirst(), e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QueueException("reading was ended");
    } finally {
      timer.cancel(false);
      end(process);
    }
  }

  private static Process start(List<String> words) throws QueueException {
    try {
      return new ProcessBuilder(words).start();
    } catch (IOException e) {
      throw new QueueException("%s cannot be run: %s".formatted(words.getFirst(), e.getMessage()));
    }
  }

  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /// What it says on standard error; the beginning of it.
  private static String complaint(Process process) {
    try (InputStream in = process.getErrorStream()) {
      String text =
          new String(in.readNBytes(LONGEST_COMPLAINT), StandardCharsets.UTF_8)
              .replaceAll("\\p{Cntrl}+", " ")
              .strip();
      // It must not wait for somebody to read the rest.
      in.transferTo(OutputStream.nullOutputStream());
      return text;
    } catch (IOException e) {
      return e.toString();
    }
  }

  private QueueListing listing(Queue queue, InputStream in) throws IOException {
    Instant now = clock.instant();
    Lines lines = new Lines(in, mostBytes);
    ListingBuilder listing = new ListingBuilder(now);
    switch (queue.type()) {
      case POSTFIX -> PostfixList.read(lines, listing);
      case EXIM -> EximList.read(lines, listing, now);
    }
    return listing.build(lines.isWhole());
  }

  @Override
  public void close() {
    alarm.shutdownNow();
  }
}
