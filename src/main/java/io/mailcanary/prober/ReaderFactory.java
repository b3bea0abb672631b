package io.mailcanary.prober;

import io.mailcanary.mailbox.MailboxReader;
import io.mailcanary.mailbox.MailboxSink;
import io.mailcanary.path.Mailbox;

/// Makes a reader that is not started yet.
@FunctionalInterface
public interface ReaderFactory {
  MailboxReader open(Mailbox mailbox, MailboxSink sink);
}
