package io.mailcanary.prober;

import io.mailcanary.mailbox.FoundMessage;
import io.mailcanary.mailbox.MailboxReader;
import io.mailcanary.mailbox.MailboxSink;
import io.mailcanary.mailbox.MessageKey;
import io.mailcanary.path.FolderRole;
import io.mailcanary.receiver.Attempt;
import io.mailcanary.receiver.ReceivedMessage;
import io.mailcanary.receiver.ReceiverSink;
import io.mailcanary.receiver.Receivers;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

/// A receiver of our own as a mailbox: what it takes has arrived, to the moment.
final class OwnReceiverReader implements MailboxReader {
  private static final String FOLDER = "INBOX";

  private final String mailbox;
  private final Receivers receivers;
  private final Ear ear;

  OwnReceiverReader(
      String mailbox, Receivers receivers, MailboxSink sink, OwnReceivers ownReceivers) {
    this.mailbox = mailbox;
    this.receivers = receivers;
    this.ear = new Ear(sink, ownReceivers);
  }

  private record Ear(MailboxSink sink, OwnReceivers ownReceivers) implements ReceiverSink {
    @Override
    public void refused(Attempt attempt, String head) {
      ownReceivers.refused(attempt, head);
    }

    @Override
    public void received(Attempt attempt, ReceivedMessage message, Instant at) {
      ownReceivers.brought(attempt);
      sink.found(
          new FoundMessage(
              attempt.mailbox(),
              FOLDER,
              FolderRole.INBOX,
              message.id() + "/" + message.recipient(),
              at,
              Duration.ZERO,
              message.bytes(),
              message.head(),
              message.kept()::copyTo));
    }

    @Override
    public void listening(String mailbox, Instant since) {
      sink.seeing(mailbox, since);
    }

    @Override
    public void deaf(String mailbox, Instant since, String reason) {
      sink.blind(mailbox, since, reason);
    }
  }

  @Override
  public void start() {
    receivers.hear(mailbox, ear);
  }

  /// What comes is told as it comes.
  @Override
  public void look() {}

  @Override
  public void prove() {
    Thread.startVirtualThread(() -> receivers.check(mailbox));
  }

  /// Nothing is kept.
  @Override
  public void delete(Collection<MessageKey> keys) {}

  @Override
  public Instant seenAt() {
    return receivers.heardUntil(mailbox);
  }

  @Override
  public long commands() {
    return 0;
  }

  @Override
  public void close() {
    receivers.unhear(mailbox, ear);
  }
}
