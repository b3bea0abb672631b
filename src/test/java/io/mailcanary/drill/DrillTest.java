package io.mailcanary.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The shipped drills pass, and one that expects what does not come fails.
@Timeout(300)
class DrillTest {
  @TempDir Path directory;

  @Test
  void theShippedDrillsPass() throws Exception {
    List<Scenario> drills = ScenarioFile.read(Path.of("probes/drills"));
    assertThat(drills).extracting(Scenario::name).containsExactly("f1-lost-mx", "f2-lost-next-hop");
    try (ExecutorService running = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Result>> results =
          drills.stream().map(one -> running.submit(() -> Drill.run(one, _ -> {}))).toList();
      for (Future<Result> result : results) {
        assertThat(result.get()).matches(Result::passed);
      }
    }
  }

  @Test
  void whatDoesNotComeAndWhatNeverMayFailADrill() throws Exception {
    write(
        """
        title: Junk
        steps: [{ at: 0s, break: junk }]
        expect:
          - { by: 25s, path: campus-to-provider, health: degraded, says: Junk }
          - { by: 26s, path: campus-to-partner, health: failing }
        never:
          - { path: campus-to-provider, health: degraded }
          - { path: campus-to-ugrad, health: [failing, blind] }
        """);
    Result result = Drill.run(ScenarioFile.read(directory).getFirst(), _ -> {});
    assertThat(result.passed()).isFalse();
    assertThat(result.expected())
        .extracting(Result.Met::met)
        .containsExactly(true, false, false, true);
    assertThat(result.seen())
        .extracting(Seen::what)
        .contains(Seen.What.STEP, Seen.What.PATH, Seen.What.MET, Seen.What.WRONG);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{expect: [{by: 9s, incident: MX}]}                          | title is missing",
        "title: x                                                    | expect is empty",
        "{title: x, stepz: []}                                       | stepz is unknown, allowed are expect, never, steps, title",
        "{title: x, expect: [{by: soon, path: p, health: ok}]}       | expect[0].by is 'soon', expected a time",
        "{title: x, expect: [{by: 9s, path: p, health: fine}]}       | expect[0].health is 'fine', allowed are failing",
        "{title: x, expect: [{by: 9s, health: ok}]}                  | expect[0] is expected to have one of path, incident, resolved",
        "{title: x, expect: [{after: 9s, by: 9s, incident: MX}]}     | expect[0].by is not later than 'after'",
        "{title: x, expect: [{by: 9s, incident: MX, severity: bad}]} | expect[0].severity is 'bad', allowed are page and warn",
        "{title: x, steps: [{at: 1s, repair: a, break: b}]}          | steps[0] is expected to have one of break, repair, marker",
        "[]                                                          | is no mapping",
        "'{'                                                         | is no YAML",
      })
  void aBadScenarioSaysWhereAndWhatIsAllowed(String text, String words) throws Exception {
    write(text.replace("'{'", "{"));
    assertThatThrownBy(() -> ScenarioFile.read(directory))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining("drill.yaml")
        .hasMessageContaining(words);
  }

  @Test
  void aFolderWithoutDrillsSaysSo() {
    assertThatThrownBy(() -> ScenarioFile.read(directory))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining("no drill here, expected drill.yaml");
  }

  private void write(String text) throws Exception {
    Files.writeString(directory.resolve(ScenarioFile.NAME), text);
  }
}
