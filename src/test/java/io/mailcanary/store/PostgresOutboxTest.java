package io.mailcanary.store;

final class PostgresOutboxTest extends OutboxContract {
  PostgresOutboxTest() {
    super(OnDatabase.POSTGRES);
  }
}
