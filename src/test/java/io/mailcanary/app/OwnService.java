package io.mailcanary.app;

import static org.awaitility.Awaitility.await;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.config.ProbeFolder;
import io.mailcanary.config.Reading;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.Plan;
import io.mailcanary.store.DatabaseSettings;
import io.mailcanary.store.StoredEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// A service on probe files of a test's own, with a store in memory.
final class OwnService implements AutoCloseable {
  static final Duration SOON = Duration.ofSeconds(30);

  private final Path folder;
  final Service service;
  final List<String> healths = new CopyOnWriteArrayList<>();

  OwnService(Path folder, String probes) {
    this.folder = folder;
    service = new Service(plan(probes), folder, new DatabaseSettings.InMemory());
    var _ =
        service
            .board()
            .listen(news -> {
              if (news instanceof Board.News.OfPath(var view)) {
                healths.add(view.health().health().word());
              }
            });
  }

  OwnService start() {
    service.watch();
    return this;
  }

  Plan plan(String probes) {
    try {
      Path dir = Files.createDirectories(folder.resolve("probes"));
      Files.writeString(dir.resolve("probes.yaml"), probes);
      return switch (ProbeFolder.read(dir, _ -> Optional.empty())) {
        case Reading.Valid(Plan plan, _) -> plan;
        case Reading.Invalid(var problems, _) -> throw new AssertionError(problems);
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  CanaryId send(String path) {
    return service.prober().sendNow(path).orElseThrow();
  }

  Canary canary(CanaryId id) {
    return service.prober().inMemory(id).or(() -> service.store().find(id)).orElseThrow();
  }

  Canary awaitState(CanaryId id, String word) {
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> canary(id).state().word().equals(word));
    return canary(id);
  }

  List<StoredEvent> events(CanaryId id, String kind) {
    return service.prober().events(id).stream().filter(event -> event.kind().equals(kind)).toList();
  }

  @Override
  public void close() {
    service.close();
  }
}
