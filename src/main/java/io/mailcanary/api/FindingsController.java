package io.mailcanary.api;

import io.mailcanary.mail.Finding;
import io.mailcanary.prober.Prober;
import io.mailcanary.runtime.Board;
import io.mailcanary.watch.AuthenticationWatch;
import io.mailcanary.watch.DnsWatch;
import io.mailcanary.watch.TlsWatch;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import java.util.Comparator;
import java.util.stream.Stream;

/// All that is wrong with what a path depends on, whoever saw it.
@Controller("/api/v1/paths")
final class FindingsController {
  private final Board board;
  private final DnsWatch dns;
  private final TlsWatch tls;
  private final AuthenticationWatch authentication;
  private final Prober prober;

  FindingsController(
      Board board, DnsWatch dns, TlsWatch tls, AuthenticationWatch authentication, Prober prober) {
    this.board = board;
    this.dns = dns;
    this.tls = tls;
    this.authentication = authentication;
    this.prober = prober;
  }

  /// The findings about a path, the worst first: DNS, TLS, authentication, the clocks of its hops.
  @Get("/{name}/findings")
  FindingResource.Findings findings(String name) {
    if (board.path(name).isEmpty()) {
      throw RefusedException.noPath(name);
    }
    return new FindingResource.Findings(
        Stream.of(
                dns.ofPath(name).stream().flatMap(view -> view.findings().stream()),
                tls.ofPath(name).stream().flatMap(view -> view.findings().stream()),
                authentication.ofPath(name).stream(),
                prober.skews(name).stream())
            .flatMap(found -> found)
            .sorted(Comparator.comparing(Finding::severity).reversed())
            .map(FindingResource::of)
            .toList());
  }
}
