package io.mailcanary.cli;

import io.mailcanary.config.Reading;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Validates probe files.
@Command(
    name = "check",
    description = "Validates probe files and prints all problems. Exit: 0 valid, 2 not.",
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
  @Mixin private ProbesOption probes;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    return switch (probes.read()) {
      case Reading.Valid(var plan, _) -> {
        out.printf(
            "%s: %s, %s, %s: valid%n",
            probes.folder,
            counted(plan.paths().size(), "path", "paths"),
            counted(plan.relays().size(), "relay", "relays"),
            counted(plan.mailboxes().size(), "mailbox", "mailboxes"));
        plan.paging().cautions().values().forEach(words -> out.printf("warning: %s%n", words));
        yield 0;
      }
      case Reading.Invalid invalid -> {
        ProbesOption.tell(invalid, out);
        yield 2;
      }
    };
  }

  static String counted(int count, String one, String several) {
    return count + " " + (count == 1 ? one : several);
  }
}
