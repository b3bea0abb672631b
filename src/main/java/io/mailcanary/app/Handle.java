package io.mailcanary.app;

import io.mailcanary.api.Faults;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// The service that the HTTP front shows. The front starts beside it, and a request that comes too
/// early waits.
final class Handle {
  private final CompletableFuture<Service> service = new CompletableFuture<>();
  private final Optional<Faults> faults;

  /// @param faults empty: the mail is real
  Handle(Optional<Faults> faults) {
    this.faults = faults;
  }

  Optional<Faults> faults() {
    return faults;
  }

  void is(Service started) {
    service.complete(started);
  }

  Service await() {
    return service.join();
  }
}
