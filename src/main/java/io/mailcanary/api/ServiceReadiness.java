package io.mailcanary.api;

import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.Part;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Readiness;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/// Ready is who can put canaries on record and turn the wheel, and whose outbox drains. A mailbox
/// that is out of sight, or one of several channels that refuses, is no reason to take a replica
/// away: the heartbeat is withheld all the same.
@Readiness
@Singleton
final class ServiceReadiness implements HealthIndicator {
  /// Parts that are somebody else's.
  private static final List<String> OTHERS = List.of("mailbox:", "channel:", "heartbeat");

  private final Board board;

  ServiceReadiness(Board board) {
    this.board = board;
  }

  @Override
  public Publisher<HealthResult> getResult() {
    Map<String, String> broken =
        board.parts().stream()
            .filter(part -> !part.ok() && OTHERS.stream().noneMatch(part.name()::startsWith))
            .collect(Collectors.toMap(Part::name, Part::reason));
    return Mono.just(
        HealthResult.builder("mailcanary", broken.isEmpty() ? HealthStatus.UP : HealthStatus.DOWN)
            .details(broken)
            .build());
  }
}
