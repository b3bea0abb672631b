package io.mailcanary.app;

import io.mailcanary.api.Faults;
import io.mailcanary.config.FolderWatch;
import io.mailcanary.config.Problem;
import io.mailcanary.config.Reading;
import io.mailcanary.runtime.Plan;
import io.mailcanary.store.DatabaseSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// The service with its HTTP front and an eye on its probe files, until somebody ends it.
public final class Server implements AutoCloseable {
  private final Service service;
  private final HttpFront front;
  private final FolderWatch watch;

  private Server(Service service, HttpFront front, FolderWatch watch) {
    this.service = service;
    this.front = front;
    this.watch = watch;
  }

  /// Starts everything. The HTTP front comes up while the first canaries leave: before that, it
  /// would only take the processors from them.
  ///
  /// @param environment what `${NAME}` in probe files reads
  /// @param port 0: any that is free
  public static Server start(
      Reading.Valid reading,
      Path probes,
      Function<String, Optional<String>> environment,
      Path dataDirectory,
      DatabaseSettings database,
      int port) {
    return start(reading, probes, environment, dataDirectory, database, port, Optional.empty());
  }

  /// @param faults what can be switched on where the mail is not real
  static Server start(
      Reading.Valid reading,
      Path probes,
      Function<String, Optional<String>> environment,
      Path dataDirectory,
      DatabaseSettings database,
      int port,
      Optional<Faults> faults) {
    Plan plan = reading.plan();
    requireFree(plan.service().listen(), port);
    Handle handle = new Handle(faults);
    Service service = new Service(plan, dataDirectory, database);
    CompletableFuture<HttpFront> front =
        CompletableFuture.supplyAsync(
            () -> HttpFront.start(handle, plan.service().listen(), port),
            task -> new Thread(task, "http-start").start());
    try {
      service.start();
      handle.is(service);
    } catch (RuntimeException e) {
      var _ = front.thenAccept(HttpFront::close);
      service.close();
      throw e;
    }
    try {
      return new Server(
          service,
          front.join(),
          FolderWatch.start(probes, environment, reading, changed -> follow(service, changed)));
    } catch (RuntimeException e) {
      service.close();
      throw e;
    }
  }

  /// Found out before anything is sent: a second service by mistake sends no second canaries.
  private static void requireFree(String listen, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(listen, port));
    } catch (IOException e) {
      throw new IllegalStateException(
          "port %d of %s cannot be had (%s): end what has it, or choose another with --port"
              .formatted(port, listen, e.getMessage()));
    }
  }

  public URI uri() {
    return front.uri();
  }

  public Service service() {
    return service;
  }

  @Override
  public void close() {
    watch.close();
    front.close();
    service.close();
  }

  private static void follow(Service service, Reading changed) {
    switch (changed) {
      case Reading.Valid(Plan plan, _) -> service.follow(plan);
      case Reading.Invalid(var problems, _) ->
          service.refuse(problems.stream().map(Problem::toString).toList());
    }
  }
}
