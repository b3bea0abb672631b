package io.mailcanary.app;

import io.mailcanary.canary.Evidence;
import io.mailcanary.canary.Handover;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.notify.Outcome;
import io.mailcanary.path.Relay;
import io.mailcanary.path.Resolver;
import io.mailcanary.resolver.NameServers;
import io.mailcanary.submission.Outgoing;
import io.mailcanary.submission.Submission;
import io.mailcanary.verdict.Words;
import io.mailcanary.wire.Trust;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Hands letters to relays over connections, and by a resolver, that no canary uses.
final class LetterPost implements io.mailcanary.notify.email.Handover, AutoCloseable {
  private static final Resolver SYSTEM = new Resolver("system", List.of());

  private final Trust trust;
  private final InstantSource clock;
  private Optional<Submission> submission = Optional.empty();

  LetterPost(Trust trust, InstantSource clock) {
    this.trust = trust;
    this.clock = clock;
  }

  synchronized void relaysChanged(Collection<Relay> relays) {
    submission.ifPresent(open -> open.relaysChanged(relays));
  }

  /// Most services never write a letter.
  private synchronized Submission submission() {
    Submission open =
        submission.orElseGet(() -> new Submission(new NameServers(SYSTEM), trust, clock));
    submission = Optional.of(open);
    return open;
  }

  @Override
  public Outcome send(Relay relay, EmailAddress from, EmailAddress to, byte[] message) {
    Evidence evidence =
        submission().submit(relay, new Outgoing(from, to, () -> message, "", false));
    String words = Words.of(evidence);
    return switch (Handover.of(evidence)) {
      case ACCEPTED -> new Outcome.Taken(words);
      // Twice is better than never, and the second has the Message-ID of the first.
      case DEFERRED, IN_DOUBT -> new Outcome.Later(words, Optional.empty());
      case REFUSED -> new Outcome.Refused(words);
    };
  }

  @Override
  public synchronized void close() {
    submission.ifPresent(Submission::close);
  }
}
