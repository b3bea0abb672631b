package io.mailcanary.config;

import io.mailcanary.path.Heartbeat;
import java.time.Duration;

/// `heartbeat`
final class HeartbeatTable extends Table<Heartbeat> {
  private final Key.OfSecret url =
      secret("url", "Asked by GET for as long as all is well with ourselves.");
  private final Key.Sure<Duration> every =
      key(
          "every",
          Kinds.duration(Duration.ofSeconds(1), Duration.ofDays(1)),
          Duration.ofMinutes(1),
          "How often.");

  HeartbeatTable() {
    super("the keys of the heartbeat: url-file, every");
  }

  @Override
  void check(Row row) {
    ChannelTable.isWeb(row, url);
  }

  @Override
  Heartbeat build(Row row) {
    return new Heartbeat(ChannelTable.given(row, url), row.get(every));
  }
}
