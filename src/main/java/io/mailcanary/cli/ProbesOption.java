package io.mailcanary.cli;

import io.mailcanary.config.ProbeFolder;
import io.mailcanary.config.Reading;
import io.mailcanary.login.OpenId;
import io.mailcanary.runtime.Plan;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Option;

/// Where the probe files are.
final class ProbesOption {
  /// The environment of this process, and whether it names an OpenID provider.
  static final Function<String, Optional<String>> ENVIRONMENT =
      name ->
          name.equals(ProbeFolder.OPENID)
              ? Optional.of(name).filter(_ -> OpenId.isConfigured())
              : Optional.ofNullable(System.getenv(name));

  @Option(
      names = "--probes",
      paramLabel = "DIR",
      defaultValue = "probes",
      description = "folder of probe files (default: ${DEFAULT-VALUE})")
  Path folder = Path.of("probes");

  Reading read() {
    return ProbeFolder.read(folder, ENVIRONMENT);
  }

  /// The plan, where there is a valid folder; for commands that can do without.
  Optional<Plan> readIfThere() {
    return Files.isDirectory(folder) && read() instanceof Reading.Valid(Plan plan, _)
        ? Optional.of(plan)
        : Optional.empty();
  }

  /// Prints all problems, a line each.
  static void tell(Reading.Invalid invalid, PrintWriter err) {
    invalid.problems().forEach(err::println);
    int count = invalid.problems().size();
    err.println(count == 1 ? "1 problem" : count + " problems");
    err.flush();
  }
}
