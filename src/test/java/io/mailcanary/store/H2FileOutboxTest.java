package io.mailcanary.store;

final class H2FileOutboxTest extends OutboxContract {
  H2FileOutboxTest() {
    super(OnDatabase.H2_FILE);
  }
}
