package io.mailcanary.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.config.ProbeFolder;
import io.mailcanary.config.Reading;
import io.mailcanary.incident.Incident;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.PathView;
import io.mailcanary.store.DatabaseSettings;
import io.mailcanary.verdict.Health;
import io.mailcanary.world.MailWorld;
import io.mailcanary.world.Pace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/// The built-in world with the service looking at it by the shipped probe files, both in a hurry.
final class BrokenWorld implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final Pace HURRY =
      new Pace(
          Duration.ofMillis(500),
          Duration.ofSeconds(2),
          Duration.ofSeconds(1),
          Duration.ofMinutes(30));

  private static final Map<String, String> HURRIED =
      Map.of(
          "every: 10s", "every: 4s",
          "every: 20s", "every: 5s",
          "sweep: 60s", "sweep: 8s",
          "poll: 3s", "poll: 1s",
          "within: 10s, overdue-after: 30s, lost-after: 3m",
              "within: 6s, overdue-after: 12s, lost-after: 25s",
          "within: 20s, overdue-after: 1m, lost-after: 3m",
              "within: 8s, overdue-after: 15s, lost-after: 30s");

  private final MailWorld world;
  private final Service service;
  private final AutoCloseable listening;
  private final List<Sight> sights = new CopyOnWriteArrayList<>();
  private final List<Canary> canaries = new CopyOnWriteArrayList<>();

  /// A path's health as it was shown.
  record Sight(Instant at, String path, Health health, String reason) {
    private boolean sameAs(Sight other) {
      return path.equals(other.path) && health == other.health && reason.equals(other.reason);
    }
  }

  private BrokenWorld(MailWorld world, Service service) {
    this.world = world;
    this.service = service;
    this.listening = service.board().listen(this::hear);
  }

  /// Starts it and waits until all is well.
  static BrokenWorld start(Path directory) throws IOException {
    MailWorld world = MailWorld.start(HURRY);
    Path probes = Files.createDirectories(directory.resolve("probes"));
    try (Stream<Path> shipped = Files.list(Path.of("probes"))) {
      for (Path file : shipped.filter(Files::isRegularFile).toList()) {
        Files.writeString(probes.resolve(file.getFileName()), hurried(Files.readString(file)));
      }
    }
    Reading.Valid reading =
        (Reading.Valid)
            ProbeFolder.read(probes, name -> Optional.ofNullable(world.environment().get(name)));
    Service service =
        new Service(reading.plan(), directory.resolve("data"), new DatabaseSettings.InMemory());
    BrokenWorld broken = new BrokenWorld(world, service);
    service.start();
    broken.awaitHealthy();
    return broken;
  }

  private static String hurried(String text) {
    String hurried = text;
    for (Map.Entry<String, String> entry : HURRIED.entrySet()) {
      hurried = hurried.replace(entry.getKey(), entry.getValue());
    }
    return hurried;
  }

  private void hear(Board.News news) {
    switch (news) {
      case Board.News.OfPath(PathView view) -> note(view);
      case Board.News.OfCanary(Canary canary) -> canaries.add(canary);
      case Board.News.OfIncident _ -> {}
    }
  }

  /// Forgets what was seen before.
  void lookAnew() {
    sights.clear();
  }

  /// Switches a fault on, as `NAME` or `NAME=VALUE`.
  void on(String fault) {
    String[] parts = fault.split("=", 2);
    assertThat(world.faults().switchOn(parts[0], parts.length == 2 ? parts[1] : null)).isPresent();
  }

  void allOff() {
    world.faults().allOff();
  }

  void awaitHealthy() {
    await()
        .atMost(LIMIT)
        .untilAsserted(() ->
            assertThat(service.board().paths())
                .filteredOn(view -> view.health().health() != Health.OK)
                .extracting(PathView::name, PathView::health)
                .isEmpty());
  }

  Instant now() {
    return service.clock().instant();
  }

  /// All that was shown of paths so far, now included.
  List<Sight> sights() {
    service.board().paths().forEach(this::note);
    return sights;
  }

  private void note(PathView view) {
    Sight sight = new Sight(now(), view.name(), view.health().health(), view.health().reason());
    if (sights.stream().noneMatch(one -> one.sameAs(sight))) {
      sights.add(sight);
    }
  }

  /// What canaries that were refused for now on the way have become.
  List<CanaryState> whatWasDeferred() {
    return canaries.stream()
        .filter(canary -> canary.state() instanceof CanaryState.Deferred)
        .map(Canary::id)
        .distinct()
        .flatMap(id -> service.store().find(id).stream())
        .map(Canary::state)
        .toList();
  }

  Stream<Incident> incidents() {
    return service.incidents().page(null, null, 100).stream();
  }

  @Override
  public void close() throws Exception {
    listening.close();
    service.close();
    world.close();
  }
}
