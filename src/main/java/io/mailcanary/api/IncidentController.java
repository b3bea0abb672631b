package io.mailcanary.api;

import io.mailcanary.dispatch.IncidentDesk;
import io.mailcanary.incident.Incident;
import io.mailcanary.incident.IncidentState;
import io.mailcanary.store.IncidentStore;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What people are told about.
@Controller("/api/v1/incidents")
@ExecuteOn(TaskExecutors.BLOCKING)
final class IncidentController {
  private final IncidentStore store;
  private final IncidentDesk desk;

  IncidentController(IncidentStore store, IncidentDesk desk) {
    this.store = store;
    this.desk = desk;
  }

  /// Incidents, newest first.
  ///
  /// @param state only those that are `open`, `acknowledged` or `resolved`
  /// @param before only those older than the one with this id
  @Get
  Listing<IncidentResource> incidents(
      @Nullable @QueryValue String state,
      @Nullable @QueryValue Integer limit,
      @Nullable @QueryValue String before) {
    int most = Listing.limit(limit);
    List<IncidentResource> page =
        store.page(state == null ? null : state(state), before, most + 1).stream()
            .map(IncidentResource::of)
            .toList();
    return Listing.of(page, most, IncidentResource::id);
  }

  /// One incident.
  @Get("/{id}")
  IncidentResource incident(String id) {
    return IncidentResource.of(store.find(id).orElseThrow(() -> none(id)));
  }

  /// Somebody takes it on: nobody is reminded of it any more.
  @Post("/{id}/acknowledge")
  IncidentResource acknowledge(String id) {
    Incident before = store.find(id).orElseThrow(() -> none(id));
    return IncidentResource.of(desk.acknowledge(id, "").orElse(before));
  }

  private static IncidentState state(String word) {
    try {
      return IncidentState.of(word);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(
          400,
          "state is '%s', allowed are open, acknowledged, resolved"
              .formatted(word.toLowerCase(Locale.ROOT)));
    }
  }

  private static RefusedException none(String id) {
    return new RefusedException(404, "there is no incident '%s'".formatted(id));
  }
}
