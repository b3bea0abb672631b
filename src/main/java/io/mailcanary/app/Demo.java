package io.mailcanary.app;

import io.mailcanary.config.ProbeFolder;
import io.mailcanary.config.Reading;
import io.mailcanary.store.DatabaseSettings;
import io.mailcanary.world.MailWorld;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/// The service on the built-in mail world. Nothing of it outlives the process.
public final class Demo implements AutoCloseable {
  private final MailWorld world;
  private final Path folder;
  private final Server server;

  private Demo(MailWorld world, Path folder, Server server) {
    this.world = world;
    this.folder = folder;
    this.server = server;
  }

  public static Demo start(int port) throws IOException {
    MailWorld world = MailWorld.start();
    Path folder = Files.createTempDirectory("mailcanary-demo");
    try {
      Path probes = Files.createDirectory(folder.resolve("probes"));
      ShippedProbes.copyTo(probes);
      Path data = folder.resolve("data");
      return switch (ProbeFolder.read(probes, name -> variable(world, name))) {
        case Reading.Valid valid ->
            new Demo(
                world,
                folder,
                Server.start(
                    valid,
                    probes,
                    name -> variable(world, name),
                    data,
                    new DatabaseSettings.Embedded(data),
                    port,
                    Optional.of(new DemoFaults(world.faults()))));
        case Reading.Invalid invalid ->
            throw new IllegalStateException(
                "the built-in probe files do not fit the built-in world: "
                    + invalid.problems().getFirst());
      };
    } catch (RuntimeException | IOException e) {
      world.close();
      delete(folder);
      throw e;
    }
  }

  public Server server() {
    return server;
  }

  @Override
  public void close() {
    server.close();
    world.close();
    delete(folder);
  }

  private static Optional<String> variable(MailWorld world, String name) {
    return Optional.ofNullable(world.environment().get(name))
        .or(() -> Optional.ofNullable(System.getenv(name)));
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(Demo::deleteOne);
    } catch (IOException | UncheckedIOException _) {
      // It stands in the system's folder for what may go at any time.
    }
  }

  private static void deleteOne(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
