package io.mailcanary.bench;

import io.mailcanary.lab.StubMailServer;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/// Every canary that the stub has accepted, to be found in the books.
final class Deliveries {
  /// More than any mailbox is away for.
  private static final Duration BOOKED = Duration.ofSeconds(90);

  private final Collection<StubMailServer.Delivery> all = new ConcurrentLinkedQueue<>();

  private Deliveries() {}

  static Deliveries of(StubMailServer stub) {
    Deliveries deliveries = new Deliveries();
    stub.onDelivery(deliveries.all::add);
    return deliveries;
  }

  /// How many of those until now do not come to be on record as delivered.
  int missing(Rows rows) throws SQLException {
    Instant now = Instant.now();
    Map<String, StubMailServer.Delivery> open = new HashMap<>();
    all.stream()
        .filter(delivery -> !delivery.at().isAfter(now))
        .forEach(delivery ->
            open.put(
                Rows.place(delivery.user(), delivery.folder(), Long.toString(delivery.uid())),
                delivery));
    try {
      Awaitility.await("the books")
          .atMost(BOOKED)
          .pollInterval(Duration.ofSeconds(5))
          .until(() -> {
            open.keySet().removeAll(rows.delivered());
            return open.isEmpty();
          });
    } catch (ConditionTimeoutException _) {
      for (var delivery : open.values().stream().limit(10).toList()) {
        System.out.println("not on record: " + delivery + "; odd ones then:");
        rows.odd(delivery.user(), delivery.at()).stream().limit(50).forEach(System.out::println);
      }
    }
    return open.size();
  }
}
