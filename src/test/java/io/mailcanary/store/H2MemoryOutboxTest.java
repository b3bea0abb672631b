package io.mailcanary.store;

final class H2MemoryOutboxTest extends OutboxContract {
  H2MemoryOutboxTest() {
    super(OnDatabase.H2_MEMORY);
  }
}
