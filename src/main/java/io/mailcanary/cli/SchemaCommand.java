package io.mailcanary.cli;

import io.mailcanary.config.Reference;
import io.mailcanary.config.Schema;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Prints the JSON Schema of probe files.
@Command(
    name = "schema",
    description = "Prints the JSON Schema of probe files, for editors.",
    mixinStandardHelpOptions = true)
final class SchemaCommand implements Callable<Integer> {
  @Option(names = "--markdown", description = "prints every key for people instead")
  private boolean markdown;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().getOut().println(markdown ? Reference.markdown() : Schema.json());
    return 0;
  }
}
