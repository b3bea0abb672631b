package io.mailcanary.cli;

import io.mailcanary.app.Heap;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/// The command line.
@Command(
    name = "mailcanary",
    description = "Knows, before anyone complains, that a mail path is breaking.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      ServeCommand.class,
      DemoCommand.class,
      CheckCommand.class,
      ProbeCommand.class,
      ExplainCommand.class,
      DnsCommand.class,
      DrillCommand.class,
      SchemaCommand.class
    })
public final class Main implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  Main() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  /// @return the exit code
  static int run(String... args) {
    Heap.startSmall();
    // Found by name alone: looking for it on the class path can block every carrier thread.
    if (System.getProperty("jakarta.mail.util.StreamProvider") == null) {
      System.setProperty(
          "jakarta.mail.util.StreamProvider", "org.eclipse.angus.mail.util.MailStreamProvider");
    }
    CommandLine commands = new CommandLine(new Main());
    commands.setCaseInsensitiveEnumValuesAllowed(true);
    commands.setExecutionExceptionHandler((failure, command, _) -> {
      command.getErr().println(Faults.sentence(failure));
      return command.getCommandSpec().exitCodeOnExecutionException();
    });
    return commands.execute(args);
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"mailcanary " + (version == null ? "(not packaged)" : version)};
    }
  }
}
