package io.mailcanary.store;

class PostgresStoreTest extends CanaryStoreContract {
  PostgresStoreTest() {
    super(OnDatabase.POSTGRES);
  }
}
