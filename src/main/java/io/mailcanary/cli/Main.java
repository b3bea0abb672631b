package io.mailcanary.cli;

import io.mailcanary.app.Heap;
import java.util.Set;
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
  private static final String LOG = "MAILCANARY_LOG";

  /// Commands that tell a person what happens in words of their own.
  private static final Set<String> TELLING = Set.of("demo", "drill", "probe");

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  Main() {}

  public static void main(String[] args) {
    FreshStart.where(args);
    System.exit(run(args));
  }

  /// @return the exit code
  static int run(String... args) {
    Heap.startSmall();
    if (args.length > 0 && TELLING.contains(args[0])) {
      logTroubleOnly();
    }
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

  /// Before the first logger; what the environment says counts.
  private static void logTroubleOnly() {
    if (System.getenv(LOG) == null && System.getProperty(LOG) == null) {
      System.setProperty(LOG, "WARN");
    }
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
