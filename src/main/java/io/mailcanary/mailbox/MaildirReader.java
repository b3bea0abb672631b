package io.mailcanary.mailbox;

import io.mailcanary.path.FolderRole;
import io.mailcanary.path.Mailbox;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches a Maildir on this host: file events, and a look through it at every poll.
final class MaildirReader extends Watcher {
  private static final Logger LOG = LoggerFactory.getLogger(MaildirReader.class);
  private static final Duration RESOLUTION = Duration.ofMillis(1);

  /// Times of directories are as coarse as the kernel's clock tick: one this fresh may hide a
  /// change.
  private static final Duration FRESH = Duration.ofMillis(100);

  private static final int MOST_EVENTS = 10_000;
  private static final int MOST_FILES = Uids.MOST;
  private static final int REMOVED_AT_ONCE = 1000;

  private static final List<String> JUNK_NAMES =
      List.of("Junk", "Spam", "Junk E-mail", "INBOX.Junk", "INBOX.Spam", "Bulk Mail");

  private static final AtomicLong CONTROLS = new AtomicLong();

  /// One folder: its `new` and its `cur`.
  private static final class Box {
    final String name;
    final FolderRole role;
    final Path directory;
    final Uids told = new Uids();
    final Map<Path, Instant> listed = new HashMap<>();
    boolean complete;

    Box(String name, FolderRole role, Path directory) {
      this.name = name;
      this.role = role;
      this.directory = directory;
    }

    List<Path> places() {
      return List.of(directory.resolve("new"), directory.resolve("cur"));
    }
  }

  private final Mailbox.Maildir maildir;
  private final Instant horizon;
  private final Map<String, Box> boxes = new LinkedHashMap<>();
  private final Map<Path, Runnable> listening = new HashMap<>();
  private final ConcurrentLinkedQueue<Path> events = new ConcurrentLinkedQueue<>();
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicBoolean lost = new AtomicBoolean();
  private long polledAt;

  /// @param horizon messages that arrived before it are not told
  MaildirReader(
      Mailbox.Maildir maildir,
      MailboxSink sink,
      InstantSource clock,
      Instant horizon,
      Timing timing) {
    super(maildir, sink, clock, timing);
    this.maildir = maildir;
    this.horizon = horizon;
  }

  @Override
  String where() {
    return "Maildir " + maildir.directory();
  }

  @Override
  void wake() {
    // It waits for work only.
  }

  @Override
  void drop() {
    // There is no connection.
  }

  @Override
  boolean insert(ControlMessage control) throws Blindness {
    Path directory = maildir.directory();
    String name =
        "%d.C%dP%d.mailcanary"
            .formatted(
                control.madeAt().getEpochSecond(),
                CONTROLS.incrementAndGet(),
                ProcessHandle.current().pid());
    Path written = directory.resolve("tmp").resolve(name);
    try {
      Files.write(
          written, control.bytes(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      Files.move(written, directory.resolve("new").resolve(name), StandardCopyOption.ATOMIC_MOVE);
      return true;
    } catch (IOException e) {
      delete(written);
      list(directory.resolve("new"));
      LOG.info("Mailbox {} takes no control message: {}", maildir.name(), e.toString());
      return false;
    }
  }

  @Override
  void watch() throws Blindness, InterruptedException {
    try {
      do {
        turn();
      } while (!isClosed());
    } finally {
      stopListening();
    }
  }

  private void stopListening() {
    listening.values().forEach(Runnable::run);
    listening.clear();
  }

  private void turn() throws Blindness, InterruptedException {
    long now = System.nanoTime();
    if (lost.getAndSet(false)) {
      stopListening();
    }
    if (listening.isEmpty() || (keepsNet() && now - polledAt >= pollGap())) {
      poll();
    } else if (!keepsNet() && now - polledAt >= pollGap()) {
      // That it can be seen is enough; what came is told by the next look.
      polledAt = System.nanoTime();
      chooseFolders();
    } else if (takeLook()) {
      tellEvents();
      for (Box box : boxes.values()) {
        scan(box, false);
      }
    } else if (keepsNet() && !events.isEmpty()) {
      tellEvents();
    } else if (removals.due(now)) {
      remove();
    } else {
      await(pollGap() - (now - polledAt));
    }
  }

  private long pollGap() {
    return maildir.poll().toNanos();
  }

  private void poll() throws Blindness {
    Instant now = clock.instant();
    polledAt = System.nanoTime();
    chooseFolders();
    for (Box box : boxes.values()) {
      scan(box, !box.complete);
    }
    seen(now);
  }

  private void changed(@Nullable Path file) {
    if (file == null || waiting.incrementAndGet() > MOST_EVENTS) {
      lost.set(true);
    } else {
      events.add(file);
    }
    signal();
  }

  private void tellEvents() {
    for (Path file = events.poll(); file != null; file = events.poll()) {
      waiting.decrementAndGet();
      for (Box box : boxes.values()) {
        if (box.places().contains(file.getParent())) {
          tell(box, file, false);
        }
      }
    }
  }

  /// Looks through a folder: first `new`, then `cur`, since messages move that way.
  private void scan(Box box, boolean backlog) throws Blindness {
    Set<Long> there = new HashSet<>();
    boolean whole = true;
    for (Path place : box.places()) {
      Instant changed = changedAt(place);
      if (changed.equals(box.listed.get(place))) {
        whole = false;
        continue;
      }
      boolean settled = changed.isBefore(clock.instant().minus(FRESH));
      for (Path file : list(place)) {
        there.add(Uids.fingerprint(uid(file)));
        tell(box, file, backlog);
        if (backlog && isClosed()) {
          return;
        }
        if (!events.isEmpty()) {
          tellEvents();
        }
      }
      if (settled) {
        box.listed.put(place, changed);
      } else {
        box.listed.remove(place);
      }
    }
    if (whole) {
      box.told.keep(there);
    }
    box.complete = true;
  }

  private void tell(Box box, Path file, boolean backlog) {
    String uid = uid(file);
    if (uid.startsWith(".") || box.told.knows(uid)) {
      return;
    }
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      Instant at = attributes.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.MILLIS);
      if (attributes.isRegularFile() && !at.isBefore(horizon)) {
        String head = head(file);
        if (!backlog || Interest.in(Interest.header(head))) {
          Instant now = clock.instant();
          ArrivalTime time = new ArrivalTime(at.isAfter(now) ? now : at, RESOLUTION);
          tell(box.name, box.role, uid, time, attributes.size(), head, out -> copy(box, file, out));
        }
      }
      box.told.add(uid);
    } catch (NoSuchFileException _) {
      // It moved on; where to will be seen.
    } catch (IOException e) {
      LOG.warn("Mailbox {}: {} cannot be read: {}", maildir.name(), file, e.toString());
    }
  }

  private static String head(Path file) throws IOException {
    try (InputStream in =
        Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      return new String(in.readNBytes(FoundMessage.HEAD), StandardCharsets.ISO_8859_1);
    }
  }

  private void copy(Box box, Path told, OutputStream out) throws IOException {
    try {
      copy(told, out);
    } catch (NoSuchFileException _) {
      // Somebody read it meanwhile: it is in `cur`, with flags behind its name.
      copy(moved(box, told), out);
    }
  }

  private static void copy(Path file, OutputStream out) throws IOException {
    try (InputStream in =
        Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      in.transferTo(out);
    }
  }

  private Path moved(Box box, Path told) throws IOException {
    try {
      for (Path place : box.places()) {
        for (Path file : list(place)) {
          if (uid(file).equals(uid(told))) {
            return file;
          }
        }
      }
      throw new IOException("it is no longer there");
    } catch (Blindness e) {
      throw new IOException(e.words(), e);
    }
  }

  /// What stays of a file's name when its flags change.
  private static String uid(Path file) {
    String name = file.getFileName().toString();
    int colon = name.indexOf(':');
    return colon < 0 ? name : name.substring(0, colon);
  }

  private void remove() {
    Map<String, List<String>> taken = removals.take(REMOVED_AT_ONCE);
    taken.forEach((folder, uids) -> {
      Box box = boxes.get(folder);
      if (box != null) {
        remove(box, new HashSet<>(uids));
      }
    });
  }

  private void remove(Box box, Set<String> uids) {
    uids.removeIf(uid -> uid.contains("/") || uid.isEmpty() || uid.startsWith("."));
    for (Path place : box.places()) {
      uids.removeIf(uid ->
          delete(place.resolve(uid))
              || delete(place.resolve(uid + ":2,"))
              || delete(place.resolve(uid + ":2,S")));
    }
    if (uids.isEmpty()) {
      return;
    }
    try {
      for (Path file : list(box.directory.resolve("cur"))) {
        if (uids.contains(uid(file))) {
          delete(file);
        }
      }
    } catch (Blindness e) {
      LOG.debug("Mailbox {} keeps messages: {}", maildir.name(), e.words());
    }
  }

  private boolean delete(Path file) {
    try {
      return Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("Mailbox {}: {} cannot be removed: {}", maildir.name(), file, e.toString());
      return true;
    }
  }

  private List<Path> list(Path place) throws Blindness {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(place)) {
      for (Path file : stream) {
        files.add(file);
        if (files.size() >= MOST_FILES) {
          break;
        }
      }
      return files;
    } catch (IOException | DirectoryIteratorException e) {
      throw unreadable(place, e);
    }
  }

  private static Instant changedAt(Path place) throws Blindness {
    try {
      return Files.getLastModifiedTime(place).toInstant();
    } catch (IOException e) {
      throw unreadable(place, e);
    }
  }

  private static Blindness unreadable(Path place, Exception e) {
    String why =
        e instanceof NoSuchFileException
            ? "there is no such directory"
            : e.getClass().getSimpleName() + " " + e.getMessage();
    return new Blindness(
        Blindness.Cause.FOLDER, "Maildir %s cannot be listed: %s".formatted(place, why));
  }

  private void chooseFolders() throws Blindness {
    Path root = real(maildir.directory());
    Map<String, Box> chosen = new LinkedHashMap<>();
    if (maildir.folders().isEmpty()) {
      add(chosen, "INBOX", FolderRole.INBOX, root);
      for (String name : JUNK_NAMES) {
        Optional<Path> junk = within(root, name).filter(Files::isDirectory);
        if (junk.isPresent()) {
          add(chosen, name, FolderRole.JUNK, real(junk.get()));
          break;
        }
      }
    } else {
      for (String name : maildir.folders()) {
        add(chosen, name, role(name), folder(root, name));
      }
    }
    boxes.clear();
    boxes.putAll(chosen);
    listen();
  }

  private void add(Map<String, Box> chosen, String name, FolderRole role, Path directory) {
    Box known = boxes.get(name);
    chosen.put(
        name,
        known != null && known.directory.equals(directory)
            ? known
            : new Box(name, role, directory));
  }

  private static FolderRole role(String name) {
    if (name.equalsIgnoreCase("INBOX")) {
      return FolderRole.INBOX;
    }
    return Interest.isJunkName(name) ? FolderRole.JUNK : FolderRole.OTHER;
  }

  private static Path folder(Path root, String name) throws Blindness {
    if (name.equalsIgnoreCase("INBOX")) {
      return root;
    }
    Path path =
        within(root, name)
            .orElseThrow(() ->
                new Blindness(
                    Blindness.Cause.FOLDER, "Maildir %s has no folder '%s'".formatted(root, name)));
    Path real = real(path);
    if (!real.startsWith(root)) {
      throw new Blindness(
          Blindness.Cause.FOLDER, "Maildir %s: folder '%s' leads out of it".formatted(root, name));
    }
    return real;
  }

  /// Where a folder of that name would stand (Maildir++).
  private static Optional<Path> within(Path root, String name) {
    try {
      Path path = root.resolve("." + name.replace('/', '.')).normalize();
      return root.equals(path.getParent()) ? Optional.of(path) : Optional.empty();
    } catch (InvalidPathException _) {
      return Optional.empty();
    }
  }

  private static Path real(Path directory) throws Blindness {
    try {
      return directory.toRealPath();
    } catch (IOException e) {
      throw unreadable(directory, e);
    }
  }

  private void listen() {
    Set<Path> wanted = new HashSet<>();
    boxes.values().forEach(box -> wanted.addAll(box.places()));
    listening
        .entrySet()
        .removeIf(entry -> {
          boolean over = !wanted.contains(entry.getKey());
          if (over) {
            entry.getValue().run();
          }
          return over;
        });
    wanted.removeIf(place -> !Files.isDirectory(place));
    for (Path place : wanted) {
      listening.computeIfAbsent(place, path -> MaildirEvents.shared().listen(path, this::changed));
    }
  }
}
