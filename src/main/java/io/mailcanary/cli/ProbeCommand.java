package io.mailcanary.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.api.CanaryResource;
import io.mailcanary.app.OneProbe;
import io.mailcanary.config.Reading;
import io.mailcanary.path.MailPath;
import io.mailcanary.runtime.Plan;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Sends one canary and waits for it, as a Nagios plugin does.
@Command(
    name = "probe",
    description =
        "Sends one canary now and waits for it. The last line is a Nagios result."
            + " Exit: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = 3,
    exitCodeOnExecutionException = 3)
final class ProbeCommand implements Callable<Integer> {
  private static final int DEFAULT_TIMEOUT = 60;

  @Parameters(index = "0", paramLabel = "PATH", description = "name of the path")
  private String path = "";

  @Mixin private ProbesOption probes;

  @Option(
      names = "-w",
      paramLabel = "S",
      description = "slower than S seconds is a WARNING (default: the path's `within`)")
  private @Nullable Double warning;

  @Option(
      names = "-c",
      paramLabel = "S",
      description = "slower than S seconds is CRITICAL (default: the time-out)")
  private @Nullable Double critical;

  @Option(
      names = "-t",
      paramLabel = "S",
      defaultValue = "" + DEFAULT_TIMEOUT,
      description = "seconds to wait for it (default: ${DEFAULT-VALUE})")
  private double timeout = DEFAULT_TIMEOUT;

  @Option(names = "--json", description = "prints the canary's resource instead of its time line")
  private boolean json;

  @Option(
      names = "--port",
      defaultValue = "8080",
      description = "port of a running service on this host (default: ${DEFAULT-VALUE})")
  private int port;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Reading reading = probes.read();
    if (reading instanceof Reading.Invalid invalid) {
      ProbesOption.tell(invalid, spec.commandLine().getErr());
      return last(NagiosResult.unknown("the probe files are not valid"));
    }
    Plan plan = ((Reading.Valid) reading).plan();
    Optional<MailPath> known = plan.path(path);
    if (known.isEmpty()) {
      return last(
          NagiosResult.unknown(
              "there is no path '%s' in %s; there are %s"
                  .formatted(path, probes.folder, String.join(", ", plan.paths().keySet()))));
    }
    Duration patience = seconds(timeout);
    Progress progress = Progress.onTerminal(spec.commandLine().getErr(), path);
    OneProbe.Outcome outcome;
    try (progress) {
      outcome = OneProbe.run(plan, known.get(), Path.of("data"), port, patience, progress::tell);
    }
    Thresholds thresholds =
        new Thresholds(
            warning == null ? known.get().expect().within() : seconds(warning),
            critical == null ? patience : seconds(critical),
            patience);
    outcome.canary().ifPresent(this::show);
    return last(NagiosResult.of(path, outcome, thresholds, known.get().expect().outcome()));
  }

  private void show(CanaryResource canary) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      try {
        out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(canary));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a canary makes JSON", e);
      }
    } else {
      TimeLine.of(canary).forEach(out::println);
    }
  }

  private int last(NagiosResult result) {
    PrintWriter out = spec.commandLine().getOut();
    // With --json standard output is one document.
    (json ? spec.commandLine().getErr() : out).println(result.line());
    spec.commandLine().getErr().flush();
    out.flush();
    return result.code();
  }

  private static Duration seconds(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }

  /// @param timeout how long the canary is waited for
  record Thresholds(Duration warning, Duration critical, Duration timeout) {}
}
