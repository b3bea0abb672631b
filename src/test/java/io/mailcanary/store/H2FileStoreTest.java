package io.mailcanary.store;

class H2FileStoreTest extends CanaryStoreContract {
  H2FileStoreTest() {
    super(OnDatabase.H2_FILE);
  }
}
