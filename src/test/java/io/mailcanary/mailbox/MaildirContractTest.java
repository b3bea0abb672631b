package io.mailcanary.mailbox;

class MaildirContractTest implements MailboxContract {
  @Override
  public MailboxFixture fixture() {
    return new Fixtures.OnDisk();
  }
}
