package io.mailcanary.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Notices when the files of a reading change, and reads them anew.
///
/// It looks instead of waiting for file events: those miss what happens behind symbolic links, by
/// which Kubernetes swaps its volumes, and on network file systems. Contents are compared, so a
/// mere touch is no change. A change is read once two looks in a row agree, the second of them a
/// quarter of the interval later, so that a file half written is seldom read; what never comes to
/// rest is read all the same.
public final class FolderWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);
  private static final Duration INTERVAL = Duration.ofMillis(800);
  private static final int MOST_PATIENT_LOOKS = 4;

  /// Within this time of a change, another may leave the file's times as they are.
  private static final Duration SETTLED = Duration.ofSeconds(3);

  private final Path folder;
  private final Function<String, Optional<String>> environment;
  private final Consumer<Reading> listener;
  private final Duration interval;
  private final Map<Path, Look> looks = new HashMap<>();
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);
  private Reading current;

  private FolderWatch(
      Path folder,
      Function<String, Optional<String>> environment,
      Reading first,
      Consumer<Reading> listener,
      Duration interval) {
    this.folder = folder;
    this.environment = environment;
    this.current = first;
    this.listener = listener;
    this.interval = interval;
    this.thread = Thread.ofVirtual().name("probe-files").unstarted(this::run);
  }

  /// Watches from `first` on, which the caller has read already: whatever changed since is told.
  ///
  /// @param listener gets each new reading, good or bad, on the watch's own thread
  public static FolderWatch start(
      Path folder,
      Function<String, Optional<String>> environment,
      Reading first,
      Consumer<Reading> listener) {
    return start(folder, environment, first, listener, INTERVAL);
  }

  static FolderWatch start(
      Path folder,
      Function<String, Optional<String>> environment,
      Reading first,
      Consumer<Reading> listener,
      Duration interval) {
    FolderWatch watch = new FolderWatch(folder, environment, first, listener, interval);
    watch.thread.start();
    return watch;
  }

  /// Stops; the listener is not called any more once this returns, unless it is what calls this.
  @Override
  public void close() {
    closing.countDown();
    thread.interrupt();
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    Snapshot before = current.snapshot();
    int patience = MOST_PATIENT_LOOKS;
    Duration pause = interval;
    while (pause(pause)) {
      Snapshot now = look(current.files());
      boolean changed = !now.equals(current.snapshot());
      pause = changed ? interval.dividedBy(4) : interval;
      if (changed && (now.equals(before) || --patience == 0)) {
        readAnew();
        before = current.snapshot();
        patience = MOST_PATIENT_LOOKS;
      } else {
        before = now;
      }
    }
  }

  private boolean pause(Duration time) {
    try {
      return !closing.await(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException _) {
      return false;
    }
  }

  private void readAnew() {
    Reading next = ProbeFolder.read(folder, environment);
    boolean same = next.snapshot().equals(current.snapshot());
    current = next;
    looks.keySet().retainAll(next.files());
    if (!same && closing.getCount() > 0) {
      tell(next);
    }
  }

  private void tell(Reading reading) {
    try {
      listener.accept(reading);
    } catch (RuntimeException e) {
      LOG.warn("Changed probe files in {} could not be taken over: {}", folder, e.toString());
    }
  }

  private Snapshot look(Set<Path> files) {
    Map<Path, String> marks = new HashMap<>();
    for (Path file : files) {
      marks.put(file, mark(file));
    }
    return new Snapshot(marks);
  }

  /// Reads a file again only if its times or its size say so, or if they are too young to tell.
  private String mark(Path file) {
    Optional<Times> times = Times.of(file);
    Look last = looks.get(file);
    if (last != null && times.isPresent() && last.stillHolds(times.get())) {
      return last.mark();
    }
    long at = System.currentTimeMillis();
    String mark = Snapshot.mark(file);
    times.ifPresentOrElse(
        found -> looks.put(file, new Look(found, at, mark)), () -> looks.remove(file));
    return mark;
  }

  /// @param at when the file was read, in milliseconds since 1970
  private record Look(Times times, long at, String mark) {
    boolean stillHolds(Times now) {
      return times.equals(now) && at - now.newest() > SETTLED.toMillis();
    }
  }

  /// What a file system tells about a file without reading it.
  private record Times(FileTime modified, FileTime changed, long size, Object key) {
    static Optional<Times> of(Path file) {
      try {
        BasicFileAttributes basic = Files.readAttributes(file, BasicFileAttributes.class);
        Object key = basic.fileKey() == null ? "" : basic.fileKey();
        return Optional.of(
            new Times(basic.lastModifiedTime(), changed(file, basic), basic.size(), key));
      } catch (IOException _) {
        return Optional.empty();
      }
    }

    long newest() {
      return Math.max(modified.toMillis(), changed.toMillis());
    }

    /// Copies that keep the time of modification do not keep this one.
    private static FileTime changed(Path file, BasicFileAttributes basic) throws IOException {
      try {
        return Files.getAttribute(file, "unix:ctime") instanceof FileTime time
            ? time
            : basic.lastModifiedTime();
      } catch (UnsupportedOperationException | IllegalArgumentException _) {
        return basic.lastModifiedTime();
      }
    }
  }
}
