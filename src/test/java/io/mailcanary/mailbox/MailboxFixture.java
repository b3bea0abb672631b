package io.mailcanary.mailbox;

import io.mailcanary.path.Mailbox;

/// A mailbox that tests put messages into, and break.
interface MailboxFixture extends AutoCloseable {
  Mailbox mailbox(boolean keep);

  Servers servers();

  void deliver(String folder, byte[] message);

  /// How many messages a folder holds.
  int count(String folder);

  boolean hasJunk();

  /// As many strangers as make a backlog there.
  default int backlog() {
    return 700;
  }

  /// From now on nobody can read it; mail is still delivered.
  void down();

  void up();

  @Override
  void close();
}
