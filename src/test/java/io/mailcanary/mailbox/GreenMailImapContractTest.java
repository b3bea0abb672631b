package io.mailcanary.mailbox;

class GreenMailImapContractTest implements MailboxContract {
  @Override
  public MailboxFixture fixture() {
    return new Fixtures.OnGreenMail(Fixtures.Protocol.IMAP);
  }
}
