package io.mailcanary.drill;

import io.mailcanary.app.Service;
import io.mailcanary.app.ShippedProbes;
import io.mailcanary.config.ProbeFolder;
import io.mailcanary.config.Reading;
import io.mailcanary.incident.Incident;
import io.mailcanary.mail.Severity;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.PathView;
import io.mailcanary.store.DatabaseSettings;
import io.mailcanary.verdict.Change;
import io.mailcanary.world.MailWorld;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The built-in world with the service looking at it. Nothing of it outlives the drill.
final class Stage implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Stage.class);
  private static final int MOST_INCIDENTS = 100;

  private final MailWorld world;
  private final Service service;
  private final Path folder;

  private Stage(MailWorld world, Service service, Path folder) {
    this.world = world;
    this.service = service;
    this.folder = folder;
  }

  static Stage start(Scenario scenario) throws IOException, ScenarioException {
    MailWorld world = MailWorld.start();
    Path folder = Files.createTempDirectory("mailcanary-drill");
    try {
      Service service =
          new Service(
              plan(scenario, world, folder).plan(),
              folder.resolve("data"),
              new DatabaseSettings.InMemory());
      service.start();
      return new Stage(world, service, folder);
    } catch (IOException | RuntimeException | ScenarioException e) {
      world.close();
      delete(folder);
      throw e;
    }
  }

  private static Reading.Valid plan(Scenario scenario, MailWorld world, Path folder)
      throws IOException, ScenarioException {
    Path probes;
    if (scenario.probes().isPresent()) {
      probes = scenario.probes().get();
    } else {
      probes = Files.createDirectory(folder.resolve("probes"));
      ShippedProbes.copyTo(probes);
    }
    return switch (ProbeFolder.read(probes, name -> variable(world, name))) {
      case Reading.Valid valid -> valid;
      case Reading.Invalid invalid ->
          throw new ScenarioException(invalid.problems().getFirst().toString());
    };
  }

  private static Optional<String> variable(MailWorld world, String name) {
    return Optional.ofNullable(world.environment().get(name))
        .or(() -> Optional.ofNullable(System.getenv(name)));
  }

  AutoCloseable listen(Consumer<Board.News> listener) {
    return service.board().listen(listener);
  }

  List<PathView> paths() {
    return service.board().paths();
  }

  List<Incident> incidents() {
    return service.incidents().page(null, null, MOST_INCIDENTS);
  }

  /// @return false when the world has no such fault
  boolean does(Scenario.Step step) {
    return switch (step) {
      case Scenario.Step.On(_, String fault, String value) ->
          world.faults().switchOn(fault, value.isEmpty() ? null : value).isPresent();
      case Scenario.Step.Off(_, String fault) -> world.faults().switchOff(fault).isPresent();
      case Scenario.Step.Marker(_, String what, String who) -> {
        mark(what, who);
        yield true;
      }
    };
  }

  private void mark(String what, String who) {
    Instant now = service.clock().instant();
    service
        .changes()
        .add(
            new Change(
                service.changes().id(),
                Change.Kind.MARKER,
                Severity.INFO,
                now,
                now,
                "",
                "",
                what,
                who,
                List.of(),
                List.of(),
                List.of()));
  }

  @Override
  public void close() {
    service.close();
    world.close();
    delete(folder);
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("{}: not removed: {}", folder, e.toString());
    }
  }
}
