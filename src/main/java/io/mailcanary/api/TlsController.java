package io.mailcanary.api;

import io.mailcanary.runtime.Board;
import io.mailcanary.watch.TlsWatch;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;

/// The TLS of the mail ports on a path.
@Controller("/api/v1/paths")
final class TlsController {
  private final Board board;
  private final TlsWatch watch;

  TlsController(Board board, TlsWatch watch) {
    this.board = board;
    this.watch = watch;
  }

  /// The mail ports of a path as they were seen last: certificates, versions, findings.
  @Get("/{name}/tls")
  TlsResource.Ports tls(String name) {
    if (board.path(name).isEmpty()) {
      throw RefusedException.noPath(name);
    }
    return new TlsResource.Ports(watch.ofPath(name).stream().map(TlsResource::of).toList());
  }
}
