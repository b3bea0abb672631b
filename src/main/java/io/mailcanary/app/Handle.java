package io.mailcanary.app;

import java.util.concurrent.CompletableFuture;

/// The service that the HTTP front shows. The front starts beside it, and a request that comes too
/// early waits.
final class Handle {
  private final CompletableFuture<Service> service = new CompletableFuture<>();

  void is(Service started) {
    service.complete(started);
  }

  Service await() {
    return service.join();
  }
}
