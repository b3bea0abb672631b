package io.mailcanary.api;

import io.mailcanary.runtime.Board;
import io.mailcanary.store.WatchStore;
import io.mailcanary.verdict.Change;
import io.mailcanary.watch.DnsWatch;
import io.mailcanary.watch.DomainView;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.List;

/// DNS as the receivers of a path see it.
@Controller("/api/v1/paths")
@ExecuteOn(TaskExecutors.BLOCKING)
final class DnsController {
  private static final int MOST_CHANGES = 20;

  private final Board board;
  private final DnsWatch watch;
  private final WatchStore store;

  DnsController(Board board, DnsWatch watch, WatchStore store) {
    this.board = board;
    this.watch = watch;
    this.store = store;
  }

  /// The names that a path depends on, as they were seen last.
  @Get("/{name}/dns")
  DnsResource.Names dns(String name) {
    if (board.path(name).isEmpty()) {
      throw RefusedException.noPath(name);
    }
    return new DnsResource.Names(
        watch.ofPath(name).stream().map(view -> DnsResource.of(view, changes(view))).toList());
  }

  private List<Change> changes(DomainView view) {
    return view.records().stream()
        .map(DomainView.SeenRecord::name)
        .distinct()
        .flatMap(one -> store.changesOf(one, MOST_CHANGES).stream())
        .toList();
  }
}
