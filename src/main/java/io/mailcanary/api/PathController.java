package io.mailcanary.api;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.prober.Prober;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.PathView;
import io.mailcanary.store.CanaryStore;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Put;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.annotation.Status;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Paths and their canaries.
@Controller("/api/v1/paths")
@ExecuteOn(TaskExecutors.BLOCKING)
final class PathController {
  private final Board board;
  private final Prober prober;
  private final CanaryStore store;

  PathController(Board board, Prober prober, CanaryStore store) {
    this.board = board;
    this.prober = prober;
    this.store = store;
  }

  /// All paths by name.
  ///
  /// @param before the `next` of the page before this one
  @Get
  Listing<PathResource> paths(
      @Nullable @QueryValue Integer limit, @Nullable @QueryValue String before) {
    int most = limit == null ? Listing.LONGEST : Listing.limit(limit);
    List<PathResource> page =
        board.paths().stream()
            .filter(view -> before == null || view.name().compareTo(before) > 0)
            .limit(most + 1L)
            .map(PathResource::of)
            .toList();
    return Listing.of(page, most, PathResource::name);
  }

  /// One path.
  @Get("/{name}")
  PathResource path(String name) {
    return PathResource.of(view(name));
  }

  /// Its canaries, newest first.
  ///
  /// @param state only those in this state
  /// @param before only those older than the one with this id
  @Get("/{name}/canaries")
  Listing<CanaryResource> canaries(
      String name,
      @Nullable @QueryValue String state,
      @Nullable @QueryValue Integer limit,
      @Nullable @QueryValue String before) {
    view(name);
    if (state != null && !CanaryState.WORDS.contains(state)) {
      throw new RefusedException(
          400, "state is '%s', allowed are %s".formatted(state, CanaryState.WORDS));
    }
    int most = Listing.limit(limit);
    List<CanaryResource> page =
        store
            .page(name, state, before == null ? null : CanaryController.id(before), most + 1)
            .stream()
            .map(this::newest)
            .map(CanaryResource::of)
            .toList();
    return Listing.of(page, most, CanaryResource::id);
  }

  /// Sends a canary now.
  @Post("/{name}/canaries")
  HttpResponse<Map<String, String>> send(String name) {
    CanaryId id = prober.sendNow(name).orElseThrow(() -> RefusedException.noPath(name));
    return HttpResponse.accepted().body(Map.of("id", id.value()));
  }

  /// Sends nothing on this path by itself until it is resumed.
  @Put("/{name}/pause")
  @Status(HttpStatus.NO_CONTENT)
  void pause(String name) {
    if (!prober.pause(name)) {
      throw RefusedException.noPath(name);
    }
  }

  /// Ends a pause.
  @Delete("/{name}/pause")
  @Status(HttpStatus.NO_CONTENT)
  void resume(String name) {
    if (!prober.resume(name)) {
      throw RefusedException.noPath(name);
    }
  }

  private PathView view(String name) {
    return board.path(name).orElseThrow(() -> RefusedException.noPath(name));
  }

  private Canary newest(Canary stored) {
    return prober.inMemory(stored.id()).orElse(stored);
  }
}
