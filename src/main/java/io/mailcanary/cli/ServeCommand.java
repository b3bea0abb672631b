package io.mailcanary.cli;

import io.mailcanary.app.Server;
import io.mailcanary.config.Reading;
import io.mailcanary.store.DatabaseSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Runs the service.
@Command(
    name = "serve",
    description =
        "Runs the service. Exit: 2 on a bad folder of probe files, with all its problems.",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  private static final Path DATA = Path.of("data");

  @Mixin private ProbesOption probes;

  @Option(
      names = "--port",
      defaultValue = "8080",
      description = "port of the REST interface (default: ${DEFAULT-VALUE})")
  private int port;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Reading reading = probes.read();
    if (reading instanceof Reading.Invalid invalid) {
      ProbesOption.tell(invalid, spec.commandLine().getErr());
      return 2;
    }
    Reading.Valid valid = (Reading.Valid) reading;
    DatabaseSettings database = DatabaseSettings.of(DATA, ProbesOption.ENVIRONMENT);
    try (Ending ending = new Ending();
        Server server =
            Server.start(valid, probes.folder, ProbesOption.ENVIRONMENT, DATA, database, port)) {
      out.printf(
          "mailcanary watches %s of %s: %s%n",
          CheckCommand.counted(valid.plan().paths().size(), "path", "paths"),
          probes.folder,
          server.uri());
      out.flush();
      ending.await();
    }
    return 0;
  }
}
