package io.mailcanary.drill;

import io.mailcanary.mailbox.FoundMessage;
import io.mailcanary.mailbox.MailboxReader;
import io.mailcanary.mailbox.MailboxSink;
import io.mailcanary.mailbox.MessageKey;
import io.mailcanary.path.FolderRole;
import io.mailcanary.path.Mailbox;
import io.mailcanary.runtime.Agenda;
import io.mailcanary.world.Act;
import io.mailcanary.world.SimulatedWorld;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/// Keeps a mailbox of the simulated world in sight, as real readers do real ones: it is pushed what
/// comes, notices silence by a question that is not answered, and proves that what is put in shows.
final class SimulatedReader implements MailboxReader, SimulatedWorld.Eye {
  private static final Duration NO_ANSWER = Duration.ofSeconds(75);
  private static final Duration PROOF = Duration.ofSeconds(10);

  private final Mailbox mailbox;
  private final String address;
  private final String where;
  private final SimulatedWorld world;
  private final MailboxSink sink;
  private final Agenda agenda;
  private final InstantSource clock;
  private final Set<String> told = new HashSet<>();
  private Act.Door door = Act.Door.OPEN;
  private Instant sight;
  private boolean blind = true;
  private boolean closed;

  /// @param where as `imap.example.org:993`
  SimulatedReader(
      Mailbox mailbox,
      String address,
      String where,
      SimulatedWorld world,
      MailboxSink sink,
      Agenda agenda,
      InstantSource clock) {
    this.mailbox = mailbox;
    this.address = address;
    this.where = where;
    this.world = world;
    this.sink = sink;
    this.agenda = agenda;
    this.clock = clock;
    this.sight = clock.instant();
  }

  @Override
  public void start() {
    world.watch(address, this);
  }

  @Override
  public void found(SimulatedWorld.Filed filed) {
    if (closed || !told.add(filed.uid())) {
      return;
    }
    byte[] message = filed.message();
    String head =
        new String(
            message, 0, Math.min(message.length, FoundMessage.HEAD), StandardCharsets.ISO_8859_1);
    sink.found(
        new FoundMessage(
            mailbox.name(),
            filed.folder(),
            filed.folder().equals("INBOX") ? FolderRole.INBOX : FolderRole.JUNK,
            filed.uid(),
            filed.at(),
            Duration.ZERO,
            message.length,
            head,
            out -> out.write(message)));
  }

  @Override
  public void door(Act.Door now) {
    Act.Door before = door;
    door = now;
    if (before == Act.Door.OPEN && now != Act.Door.OPEN) {
      sight = clock.instant();
    }
    switch (now) {
      case OPEN -> see();
      case SHUT -> goBlind(where + ": connection refused");
      case FROZEN ->
          agenda.at(
              clock.instant().plus(NO_ANSWER), () -> stillBlind(Act.Door.FROZEN, "no answer"));
      case STALE -> {}
    }
  }

  private void see() {
    sight = clock.instant();
    world.messages(address).forEach(this::found);
    if (blind && !closed) {
      blind = false;
      sink.seeing(mailbox.name(), clock.instant());
    }
  }

  private void stillBlind(Act.Door as, String why) {
    if (door == as) {
      goBlind(where + ": " + why);
    }
  }

  private void goBlind(String reason) {
    if (!blind && !closed) {
      blind = true;
      sink.blind(mailbox.name(), sight, reason);
    }
  }

  @Override
  public void look() {
    // Whatever is there was pushed.
  }

  @Override
  public void prove() {
    agenda.at(
        clock.instant().plus(PROOF),
        () ->
            stillBlind(
                Act.Door.STALE,
                "a control message did not show within " + PROOF.toSeconds() + " s"));
  }

  @Override
  public void delete(Collection<MessageKey> keys) {
    if (!mailbox.keep()) {
      keys.forEach(key -> world.remove(address, key.folder(), key.uid()));
    }
  }

  @Override
  public Instant seenAt() {
    return switch (door) {
      case OPEN, STALE -> blind ? sight : clock.instant();
      case SHUT, FROZEN -> sight;
    };
  }

  @Override
  public long commands() {
    return 0;
  }

  @Override
  public void close() {
    closed = true;
  }
}
