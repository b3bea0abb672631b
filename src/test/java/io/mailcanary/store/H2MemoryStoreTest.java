package io.mailcanary.store;

class H2MemoryStoreTest extends CanaryStoreContract {
  H2MemoryStoreTest() {
    super(OnDatabase.H2_MEMORY);
  }
}
