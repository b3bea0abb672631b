package io.mailcanary.api;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.prober.Prober;
import io.mailcanary.store.CanaryStore;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;

/// One canary with all that is known of it.
@Controller("/api/v1/canaries")
@ExecuteOn(TaskExecutors.BLOCKING)
final class CanaryController {
  private final Prober prober;
  private final CanaryStore store;

  CanaryController(Prober prober, CanaryStore store) {
    this.prober = prober;
    this.store = store;
  }

  /// State, cause, all events with their evidence, hops.
  @Get("/{id}")
  CanaryResource canary(String id) {
    CanaryId canaryId = id(id);
    Canary canary =
        prober
            .inMemory(canaryId)
            .or(() -> store.find(canaryId))
            .orElseThrow(() -> new RefusedException(404, "there is no canary '%s'".formatted(id)));
    return Evidences.resource(canary, prober.events(canaryId));
  }

  static CanaryId id(String text) {
    try {
      return new CanaryId(text);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(
          400,
          "'%s' is no canary's id: it has 26 digits 0-9 and a-v, the last one of 048cgkos"
              .formatted(cut(text)));
    }
  }

  private static String cut(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }
}
