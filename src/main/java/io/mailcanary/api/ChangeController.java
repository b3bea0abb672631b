package io.mailcanary.api;

import io.mailcanary.store.WatchStore;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What became different: records, certificates, our own probe files, and markers that somebody
/// posted.
@Controller("/api/v1/changes")
@ExecuteOn(TaskExecutors.BLOCKING)
final class ChangeController {
  private final WatchStore store;
  private final Markers markers;

  ChangeController(WatchStore store, Markers markers) {
    this.store = store;
    this.markers = markers;
  }

  /// A marker.
  ///
  /// @param what a sentence, such as `border MX moved to new hardware`
  /// @param who who did it
  /// @param at when; now where it is left out
  record Marker(@Nullable String what, @Nullable String who, @Nullable String at) {}

  /// All changes, newest first.
  ///
  /// @param before only those older than the one with this id
  @Get
  Listing<ChangeResource> changes(
      @Nullable @QueryValue Integer limit, @Nullable @QueryValue String before) {
    int most = Listing.limit(limit);
    List<ChangeResource> page =
        store.changes(before, most + 1).stream().map(ChangeResource::of).toList();
    return Listing.of(page, most, ChangeResource::id);
  }

  /// Leaves a marker: what is going to be seen may have to do with it.
  @Post
  HttpResponse<ChangeResource> mark(@Body Marker marker) {
    try {
      return HttpResponse.created(
          ChangeResource.of(markers.leave(marker.what(), marker.who(), marker.at())));
    } catch (IllegalArgumentException e) {
      throw new RefusedException(400, String.valueOf(e.getMessage()));
    }
  }
}
