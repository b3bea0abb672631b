package io.mailcanary.prober;

import io.mailcanary.canary.Sight;
import io.mailcanary.mailbox.FoundMessage;
import io.mailcanary.mailbox.MailboxReader;
import io.mailcanary.mailbox.MailboxSink;
import io.mailcanary.mailbox.MessageKey;
import io.mailcanary.path.Mailbox;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.Part;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The readers of all mailboxes, and how well each of them sees.
final class Mailboxes implements AutoCloseable {
  private static final Duration CONNECTING = Duration.ofSeconds(10);
  private static final String NOT_YET = "its reader has not seen it yet";

  private final Map<String, Watched> watched = new ConcurrentHashMap<>();
  private final ReaderFactory factory;
  private final InstantSource clock;
  private final Board board;
  private final Consumer<FoundMessage> found;
  private final Consumer<String> sightChanged;
  private volatile Predicate<String> ours = _ -> true;

  private record Watched(
      Mailbox mailbox, MailboxReader reader, Ear ear, SightLog sight, Instant since) {}

  /// @param found takes what the readers find
  /// @param sightChanged is told the name of a mailbox that can be seen again, or no more
  Mailboxes(
      ReaderFactory factory,
      InstantSource clock,
      Board board,
      Consumer<FoundMessage> found,
      Consumer<String> sightChanged) {
    this.factory = factory;
    this.clock = clock;
    this.board = board;
    this.found = found;
    this.sightChanged = sightChanged;
  }

  /// Watches these and no others. A mailbox whose settings changed gets a new reader and keeps what
  /// is known of its sight.
  void follow(Map<String, Mailbox> mailboxes) {
    watched.forEach((name, old) -> {
      if (!old.mailbox().equals(mailboxes.get(name))) {
        Thread.startVirtualThread(old.reader()::close);
      }
      if (!mailboxes.containsKey(name)) {
        watched.remove(name);
        board.forgetPart(part(name));
      }
    });
    mailboxes.forEach(this::watch);
  }

  private void watch(String name, Mailbox mailbox) {
    Watched old = watched.get(name);
    if (old != null && old.mailbox().equals(mailbox)) {
      return;
    }
    Instant now = clock.instant();
    SightLog sight = old == null ? new SightLog(now, NOT_YET) : old.sight();
    if (old != null && sight.blindness().isEmpty()) {
      sight.blind(now, NOT_YET);
    }
    Ear ear = new Ear();
    MailboxReader reader = factory.open(mailbox, ear);
    watched.put(name, new Watched(mailbox, reader, ear, sight, now));
    board.show(new Part(part(name), false, now, NOT_YET));
    reader.keepNet(ours.test(name));
    reader.start();
  }

  /// Keeps the net of these mailboxes; in others it only looks for what was sent from here.
  void share(Predicate<String> net) {
    ours = net;
    watched.forEach((name, one) -> one.reader().keepNet(net.test(name)));
  }

  /// How well a mailbox could be seen.
  Sight sightOf(String mailbox, Instant from, Instant now) {
    Watched one = watched.get(mailbox);
    return one == null
        ? new Sight(true, Duration.ZERO, "mailbox " + mailbox + " is no longer in the probe files")
        : one.sight().since(from, now);
  }

  /// Why a mailbox cannot be seen; a reader that has just begun is given a moment.
  Optional<String> blind(String mailbox, Instant now) {
    Watched one = watched.get(mailbox);
    if (one == null) {
      return Optional.empty();
    }
    return one.sight()
        .blindness()
        .filter(
            spell -> !spell.reason().equals(NOT_YET) || one.since().plus(CONNECTING).isBefore(now))
        .map(spell -> "mailbox " + mailbox + ": " + spell.reason());
  }

  /// Whether a mailbox has been looked at since then. True of one that nobody watches.
  boolean isSeenSince(String mailbox, Instant at) {
    Watched one = watched.get(mailbox);
    return one == null || !one.reader().seenAt().isBefore(at);
  }

  void look(String mailbox) {
    with(mailbox, MailboxReader::look);
  }

  void prove(String mailbox) {
    with(mailbox, MailboxReader::prove);
  }

  void delete(String mailbox, MessageKey key) {
    with(mailbox, reader -> reader.delete(List.of(key)));
  }

  /// This process stood still.
  void missed(Instant from, Instant to, String reason) {
    watched.values().forEach(one -> one.sight().missed(from, to, reason));
  }

  @Override
  public void close() {
    List<Thread> closing =
        watched.values().stream()
            .map(one -> Thread.startVirtualThread(one.reader()::close))
            .toList();
    try {
      for (Thread thread : closing) {
        thread.join(CONNECTING);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Hears one reader. Once another one watches its mailbox, it does not know any more how well
  /// that can be seen; what it finds is there all the same.
  private final class Ear implements MailboxSink {
    @Override
    public void found(FoundMessage message) {
      found.accept(message);
    }

    @Override
    public void seeing(String mailbox, Instant since) {
      Watched one = watched.get(mailbox);
      if (one != null && one.ear() == this) {
        boolean was = one.sight().seeing(since);
        board.show(new Part(part(mailbox), true, since, ""));
        if (was) {
          sightChanged.accept(mailbox);
        }
      }
    }

    @Override
    public void blind(String mailbox, Instant since, String reason) {
      Watched one = watched.get(mailbox);
      if (one != null && one.ear() == this) {
        one.sight().blind(since, reason);
        board.show(new Part(part(mailbox), false, since, reason));
        sightChanged.accept(mailbox);
      }
    }
  }

  private void with(String mailbox, Consumer<MailboxReader> action) {
    Watched one = watched.get(mailbox);
    if (one != null) {
      action.accept(one.reader());
    }
  }

  private static String part(String mailbox) {
    return "mailbox:" + mailbox;
  }
}
