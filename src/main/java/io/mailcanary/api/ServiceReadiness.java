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

/// Ready is who can put canaries on record and turn the wheel. A mailbox that is out of sight is no
/// reason to take a replica away.
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
        board.parts().stream()
            .filter(part -> !part.ok() && !part.name().startsWith("mailbox:"))
            .collect(Collectors.toMap(Part::name, Part::reason));
    return Mono.just(
        HealthResult.builder("mailcanary", broken.isEmpty() ? HealthStatus.UP : HealthStatus.DOWN)
            .details(broken)
            .build());
  }
}
