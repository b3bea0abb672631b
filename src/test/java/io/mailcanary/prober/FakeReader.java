package io.mailcanary.prober;

import io.mailcanary.mailbox.FoundMessage;
import io.mailcanary.mailbox.MailboxReader;
import io.mailcanary.mailbox.MailboxSink;
import io.mailcanary.mailbox.MessageKey;
import io.mailcanary.path.FolderRole;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// A mailbox in memory with its reader. What is put in is told at once, unless it is silent: then
/// it is told at the next look, as by a server that does not push.
final class FakeReader implements MailboxReader {
  private static final AtomicLong NUMBERS = new AtomicLong();

  /// What was asked of it, in order: `start`, `look`, `prove`, `close`.
  final List<String> asked = new CopyOnWriteArrayList<>();

  final List<MessageKey> deleted = new CopyOnWriteArrayList<>();

  private final String mailbox;
  private final MailboxSink sink;
  private final InstantSource clock;
  private final List<String> log;
  private final Map<MessageKey, FoundMessage> held;
  private final Map<MessageKey, FoundMessage> untold = new LinkedHashMap<>();
  private Instant lastSight;
  private boolean seeing;
  private boolean silent;
  private boolean net = true;

  /// @param held what the mailbox holds; outlives its readers
  FakeReader(
      String mailbox,
      MailboxSink sink,
      InstantSource clock,
      List<String> log,
      Map<MessageKey, FoundMessage> held,
      boolean seeing) {
    this.mailbox = mailbox;
    this.sink = sink;
    this.clock = clock;
    this.log = log;
    this.held = held;
    this.seeing = seeing;
    this.lastSight = clock.instant();
  }

  @Override
  public void start() {
    asked.add("start");
    if (seeing) {
      see();
    }
  }

  @Override
  public void keepNet(boolean keep) {
    net = keep;
  }

  boolean keepsNet() {
    return net;
  }

  @Override
  public Instant seenAt() {
    return seeing && untold.isEmpty() ? clock.instant() : lastSight;
  }

  /// It sees from now on and tells all that is there.
  void see() {
    seeing = true;
    lastSight = clock.instant();
    untold.clear();
    List.copyOf(held.values()).forEach(this::tell);
    sink.seeing(mailbox, clock.instant());
  }

  void goBlind(String reason) {
    lastSight = clock.instant();
    seeing = false;
    sink.blind(mailbox, clock.instant(), reason);
  }

  void keepSilent() {
    silent = true;
  }

  FoundMessage put(String folder, String raw) {
    return put(folder, raw, clock.instant());
  }

  FoundMessage put(String folder, String raw, Instant at) {
    return put(folder, raw, at, raw.length());
  }

  FoundMessage put(String folder, String raw, Instant at, long bytes) {
    FoundMessage message =
        new FoundMessage(
            mailbox,
            folder,
            folder.equals("INBOX") ? FolderRole.INBOX : FolderRole.JUNK,
            "1." + NUMBERS.incrementAndGet(),
            at,
            Duration.ZERO,
            bytes,
            raw.substring(0, Math.min(raw.length(), FoundMessage.HEAD)),
            out -> out.write(raw.getBytes(StandardCharsets.ISO_8859_1)));
    held.put(message.key(), message);
    if (seeing && !silent) {
      tell(message);
    } else {
      if (seeing && untold.isEmpty()) {
        lastSight = clock.instant();
      }
      untold.put(message.key(), message);
    }
    return message;
  }

  /// The server has it after all: it was not removed.
  void held(FoundMessage message) {
    held.put(message.key(), message);
  }

  /// What a relay took, as it arrives: with a trace line on top.
  static String delivered(byte[] bytes) {
    return "Received: from probe.test by store.test with ESMTP id 1;\r\n"
        + "\tSat, 21 Nov 2026 10:00:00 +0000\r\n"
        + new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /// As real readers do: what the sink throws is not the reader's trouble.
  private void tell(FoundMessage message) {
    try {
      sink.found(message);
    } catch (RuntimeException e) {
      log.add("not taken: " + e.getMessage());
    }
  }

  boolean holds(FoundMessage message) {
    return held.containsKey(message.key());
  }

  List<FoundMessage> content() {
    return List.copyOf(held.values());
  }

  int looks() {
    return count("look");
  }

  int count(String what) {
    return (int) asked.stream().filter(what::equals).count();
  }

  @Override
  public void look() {
    asked.add("look");
    if (seeing) {
      // What was there before this look counts as seen once all of it is told.
      List.copyOf(untold.values()).forEach(this::tell);
      untold.clear();
    }
  }

  @Override
  public void prove() {
    asked.add("prove");
  }

  @Override
  public void delete(Collection<MessageKey> keys) {
    for (MessageKey key : keys) {
      log.add("delete " + key.uid());
      deleted.add(key);
      held.remove(key);
    }
  }

  @Override
  public long commands() {
    return 0;
  }

  @Override
  public void close() {
    asked.add("close");
  }
}
