package io.mailcanary.mailbox;

class GreenMailPop3ContractTest implements MailboxContract {
  @Override
  public MailboxFixture fixture() {
    return new Fixtures.OnGreenMail(Fixtures.Protocol.POP3);
  }
}
