package io.mailcanary.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.drill.Drill;
import io.mailcanary.drill.Result;
import io.mailcanary.drill.Scenario;
import io.mailcanary.drill.ScenarioException;
import io.mailcanary.drill.ScenarioFile;
import io.mailcanary.drill.Seen;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Runs outage scenarios in the built-in world against what should be seen of them.
@Command(
    name = "drill",
    description =
        "Runs outage scenarios against what should be seen of them. Exit: 0 all as expected, 1 not,"
            + " 2 when one cannot be read or run.",
    mixinStandardHelpOptions = true)
final class DrillCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "DIR",
      description = "a drill, or a folder of drills, such as probes/drills")
  private Path folder = Path.of("probes", "drills");

  @Option(names = "--json", description = "one JSON document at the end, and nothing else")
  private boolean json;

  @Option(
      names = "--real-time",
      description = "in the built-in world over real sockets, as long as it takes")
  private boolean realTime;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    List<Result> results = new ArrayList<>();
    try {
      for (Scenario scenario : ScenarioFile.read(folder)) {
        tell(out, "%n%s: %s%n", scenario.name(), scenario.title());
        Result result = Drill.run(scenario, clock(), seen -> line(seen, out));
        tell(
            out,
            "%s: %d of %d as expected%n",
            result.passed() ? "passed" : "FAILED",
            result.expected().stream().filter(Result.Met::met).count(),
            result.expected().size());
        results.add(result);
      }
    } catch (ScenarioException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return 2;
    }
    if (json) {
      out.println(document(results));
      out.flush();
    }
    return results.stream().allMatch(Result::passed) ? 0 : 1;
  }

  private Optional<Scenario.Clock> clock() {
    return realTime ? Optional.of(Scenario.Clock.REAL) : Optional.empty();
  }

  private void line(Seen seen, PrintWriter out) {
    String mark =
        switch (seen.what()) {
          case STEP -> ">";
          case PATH, INCIDENT, NOTIFICATION -> " ";
          case MET -> "+";
          case WRONG -> "!";
        };
    tell(out, "%7.1f s %s %s%n", seconds(seen), mark, seen.words());
  }

  private void tell(PrintWriter out, String format, Object... values) {
    if (!json) {
      out.printf(Locale.ROOT, format, values);
      out.flush();
    }
  }

  private static double seconds(Seen seen) {
    return seen.at().toMillis() / 1e3;
  }

  private static String document(List<Result> results) throws JsonProcessingException {
    List<Map<String, Object>> drills = new ArrayList<>();
    for (Result result : results) {
      Map<String, Object> drill = new LinkedHashMap<>();
      drill.put("name", result.name());
      drill.put("passed", result.passed());
      drill.put(
          "expected",
          result.expected().stream()
              .map(one -> Map.of("words", one.words(), "met", one.met()))
              .toList());
      drill.put(
          "seen",
          result.seen().stream()
              .map(one ->
                  Map.of(
                      "atSeconds",
                      seconds(one),
                      "what",
                      one.what().name().toLowerCase(Locale.ROOT),
                      "words",
                      one.words()))
              .toList());
      drills.add(drill);
    }
    return new ObjectMapper().writeValueAsString(Map.of("drills", drills));
  }
}
