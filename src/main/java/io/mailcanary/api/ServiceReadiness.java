package io.mailcanary.api;

import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.Part;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Readiness;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.stream.Collectors;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/// Ready is who says the same by a heartbeat: who puts canaries on record and sends them, sees the
/// mailboxes, and whose outbox drains.
@Readiness
@Singleton
final class ServiceReadiness implements HealthIndicator {
  private final Board board;

  ServiceReadiness(Board board) {
    this.board = board;
  }

  @Override
  public Publisher<HealthResult> getResult() {
    Map<String, String> broken =
        board.troubles().stream().collect(Collectors.toMap(Part::name, Part::reason));
    return Mono.just(
        HealthResult.builder("mailcanary", broken.isEmpty() ? HealthStatus.UP : HealthStatus.DOWN)
            .details(broken)
            .build());
  }
}
