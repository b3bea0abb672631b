package io.mailcanary.mailbox;

import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Server;

@NeedsServer(Server.DOVECOT)
class DovecotPop3ContractTest implements MailboxContract {
  @Override
  public MailboxFixture fixture() {
    return new Fixtures.OnDovecot(Fixtures.Protocol.POP3);
  }
}
