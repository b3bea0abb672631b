package io.mailcanary.mailbox;

import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the sink what a reader finds and whether it sees, each change once.
final class SightTeller {
  private static final Logger LOG = LoggerFactory.getLogger(SightTeller.class);

  private final String mailbox;
  private final MailboxSink sink;
  private final InstantSource clock;
  private Instant proven;
  private @Nullable Instant seeingSince;
  private Blindness.@Nullable Cause blindBy;

  SightTeller(String mailbox, MailboxSink sink, InstantSource clock) {
    this.mailbox = mailbox;
    this.sink = sink;
    this.clock = clock;
    this.proven = clock.instant();
  }

  void found(FoundMessage message) {
    safely(() -> sink.found(message));
  }

  /// The mailbox was seen at that time.
  synchronized void proven(Instant at) {
    if (at.isAfter(proven)) {
      proven = at;
    }
  }

  synchronized Instant proven() {
    return proven;
  }

  synchronized boolean sees() {
    return seeingSince != null;
  }

  /// All that was there by then has been told.
  void seeing(Instant at) {
    proven(at);
    if (!sees()) {
      confirm();
    }
  }

  /// As [#seeing], told even if it was known.
  void confirm() {
    Instant since;
    synchronized (this) {
      Instant known = seeingSince;
      since = known == null ? clock.instant() : known;
      if (known == null) {
        LOG.info("Mailbox {} is in sight", mailbox);
      }
      seeingSince = since;
      blindBy = null;
    }
    safely(() -> sink.seeing(mailbox, since));
  }

  void blind(Blindness why) {
    Instant since;
    synchronized (this) {
      if (blindBy == why.why()) {
        return;
      }
      blindBy = why.why();
      seeingSince = null;
      since = proven;
    }
    LOG.warn("Mailbox {} is out of sight: {}", mailbox, why.words());
    safely(() -> sink.blind(mailbox, since, why.words()));
  }

  private void safely(Runnable telling) {
    try {
      telling.run();
    } catch (RuntimeException e) {
      LOG.warn("What mailbox {} showed was not taken: {}", mailbox, e.toString());
    }
  }
}
