package io.mailcanary.mailbox;

import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Server;

@NeedsServer(Server.DOVECOT)
class DovecotImapContractTest implements MailboxContract {
  @Override
  public MailboxFixture fixture() {
    return new Fixtures.OnDovecot(Fixtures.Protocol.IMAP);
  }
}
