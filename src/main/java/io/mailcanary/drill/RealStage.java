package io.mailcanary.drill;

import com.sun.net.httpserver.HttpServer;
import io.mailcanary.app.Service;
import io.mailcanary.canary.Canary;
import io.mailcanary.incident.Incident;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.PathView;
import io.mailcanary.runtime.Plan;
import io.mailcanary.store.DatabaseSettings;
import io.mailcanary.store.IncidentStore;
import io.mailcanary.world.MailWorld;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The built-in world with the whole service looking at it, over real sockets and in real time.
final class RealStage implements Stage {
  private static final Duration TO_BECOME_HEALTHY = Duration.ofSeconds(90);
  private static final long LONGEST_LOOK_AWAY = 250;
  private static final int MOST_INCIDENTS = 100;

  private final MailWorld world;
  private final Service service;
  private final HttpServer channel;
  private final Path folder;
  private final Semaphore news = new Semaphore(0);
  private final long start = System.nanoTime();

  private RealStage(MailWorld world, Service service, HttpServer channel, Path folder) {
    this.world = world;
    this.service = service;
    this.channel = channel;
    this.folder = folder;
    var _ = service.board().listen(_ -> news.release());
  }

  static RealStage start(Scenario scenario) throws IOException, ScenarioException {
    if (scenario.needsVirtual()) {
      throw new ScenarioException(
          scenario.name()
              + ": needs the virtual clock: in real time there are break, repair and marker, in the"
              + " built-in world alone");
    }
    MailWorld world = MailWorld.start();
    Path folder = Files.createTempDirectory("mailcanary-drill");
    HttpServer channel = channel();
    try {
      Plan plan =
          Plans.of(
              scenario,
              world.environment(),
              folder,
              "http://127.0.0.1:%d/".formatted(channel.getAddress().getPort()));
      Service service = new Service(plan, folder.resolve("data"), new DatabaseSettings.InMemory());
      service.start();
      return new RealStage(world, service, channel, folder);
    } catch (IOException | RuntimeException | ScenarioException e) {
      world.close();
      channel.stop(0);
      Plans.delete(folder);
      throw e;
    }
  }

  /// Hears what it is told.
  private static HttpServer channel() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  @Override
  public Duration patience() {
    return TO_BECOME_HEALTHY;
  }

  @Override
  public Duration time() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  @Override
  public void passTo(Duration until) throws InterruptedException {
    long left = Math.max(1, Math.min(LONGEST_LOOK_AWAY, until.minus(time()).toMillis()));
    var _ = news.tryAcquire(left, TimeUnit.MILLISECONDS);
    news.drainPermits();
  }

  @Override
  public List<PathView> paths() {
    return service.board().paths();
  }

  @Override
  public List<Incident> incidents() {
    return service.incidents().page(null, null, MOST_INCIDENTS);
  }

  @Override
  public List<IncidentStore.Told> told(String incident) {
    return service.incidents().told(incident);
  }

  @Override
  public void hear(Consumer<Canary> listener) {
    var _ =
        service
            .board()
            .listen(one -> {
              if (one instanceof Board.News.OfCanary(Canary canary)) {
                listener.accept(canary);
              }
            });
  }

  @Override
  public void take(Scenario.Step step) throws ScenarioException {
    Optional<?> state =
        switch (step) {
          case Scenario.Step.On(_, String fault, String value) ->
              world.faults().switchOn(fault, value.isEmpty() ? null : value);
          case Scenario.Step.Off(_, String fault) -> world.faults().switchOff(fault);
          case Scenario.Step.Marker marker -> {
            Plans.mark(service.changes(), service.clock().instant(), marker);
            yield Optional.of(marker);
          }
          case Scenario.Step.Does does ->
              throw new ScenarioException(does + ": needs the virtual clock");
        };
    if (state.isEmpty()) {
      throw new ScenarioException("%s: there is no such fault".formatted(step));
    }
  }

  @Override
  public void close() {
    service.close();
    world.close();
    channel.stop(0);
    Plans.delete(folder);
  }
}
