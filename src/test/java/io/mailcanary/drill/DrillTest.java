package io.mailcanary.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailcanary.world.Act;
import io.mailcanary.world.Check;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The shipped drills pass, and one that expects what does not come fails.
@Timeout(300)
class DrillTest {
  private static final Path PAGE = Path.of("src/main/docs/drills.md");

  @TempDir Path directory;

  private static List<Scenario> shipped() throws Exception {
    return ScenarioFile.read(Path.of("probes/drills"));
  }

  /// Side by side: nothing is shared.
  @Test
  void theShippedDrillsPass() throws Exception {
    List<Result> results = shipped().parallelStream().map(DrillTest::result).toList();
    assertThat(results)
        .hasSizeGreaterThanOrEqualTo(12)
        .allSatisfy(result -> assertThat(result).matches(Result::passed));
  }

  @Test
  void thePageNamesTheShippedDrills() throws Exception {
    String page = Files.readString(PAGE);
    for (Scenario drill : shipped()) {
      assertThat(page).contains("| `%s` |".formatted(drill.name()));
    }
  }

  @Test
  void thePageNamesEveryKey() throws Exception {
    String page = Files.readString(PAGE);
    Stream.of(
            ScenarioFile.KEYS,
            ScenarioFile.SERVER,
            ScenarioFile.PACE,
            ScenarioSteps.KEYS,
            ScenarioExpectations.EXPECT,
            ScenarioExpectations.NEVER)
        .flatMap(Set::stream)
        .forEach(key -> assertThat(page).contains("`" + key + "`"));
    Stream.of(
            Arrays.stream(Act.Silence.values()),
            Arrays.stream(Act.Keeping.values()),
            Arrays.stream(Act.Door.values()).filter(door -> door != Act.Door.OPEN),
            Arrays.stream(Check.At.values()),
            Arrays.stream(Scenario.Clock.values()))
        .flatMap(one -> one)
        .forEach(one -> assertThat(page).contains("`" + one.name().toLowerCase(Locale.ROOT) + "`"));
  }

  @Test
  void theExampleOnThePagePasses() throws Exception {
    Matcher example =
        Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
    assertThat(example.find()).isTrue();
    write(example.group(1));
    Result result = run(ScenarioFile.read(directory).getFirst());
    assertThat(result).as("%s", result.seen()).matches(Result::passed);
  }

  @Test
  void aDrillEndsTheSameEachTime() throws Exception {
    Scenario drill = ScenarioFile.read(Path.of("probes/drills/f2-lost-next-hop")).getFirst();
    assertThat(run(drill).seen()).isEqualTo(run(drill).seen());
  }

  @Test
  void hoursPassInSeconds() throws Exception {
    write(
        """
        title: A quiet day
        lasts: 3h
        never: [{ incident: "*" }, { notification: "" }]
        """);
    Files.createDirectory(directory.resolve("probes"));
    Files.copy(
        Path.of("probes/drills/greylisting-is-no-alarm/probes/probes.yaml"),
        directory.resolve("probes/probes.yaml"));
    long start = System.nanoTime();
    Result result = run(ScenarioFile.read(directory).getFirst());
    assertThat(result).as("%s", result.seen()).matches(Result::passed);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(1));
  }

  @Test
  void theBuiltInWorldOverSocketsComesToTheSame() throws Exception {
    write(
        """
        title: Junk, in real time
        clock: real
        steps: [{ at: 0s, break: junk }]
        expect:
          - { by: 25s, path: campus-to-provider, health: degraded, says: Junk }
          - { by: 25s, path: campus-to-provider, canary: misfiled }
        never:
          - { path: campus-to-ugrad, health: [failing, blind] }
        """);
    Result result = run(ScenarioFile.read(directory).getFirst());
    assertThat(result).as("%s", result.seen()).matches(Result::passed);
  }

  @Test
  void whatOnlyASimulatedWorldKnowsIsRefusedInRealTime() throws Exception {
    write(
        """
        title: x
        steps: [{ at: 1s, server: mx.hosted.example, is: down }]
        expect: [{ by: 9s, path: campus-to-provider, health: failing }]
        """);
    Scenario drill = ScenarioFile.read(directory).getFirst();
    assertThatThrownBy(() -> Drill.run(drill, Optional.of(Scenario.Clock.REAL), _ -> {}))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining("needs the virtual clock");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{at: 1s, server: mx.nowhere.example, is: down}           | server 'mx.nowhere.example' is not in this world, there are smtp.campus.example",
        "{at: 1s, mailbox: nobody, is: shut}                      | mailbox 'nobody' is not in the probe files, there are",
        "{at: 1s, zone: nowhere.example, remove: ['@ MX']}        | nowhere.example: no such zone",
        "{at: 1s, zone: campus.example, remove: ['@ MY']}         | 'MY' is no record type",
        "{at: 1s, zone: campus.example, put: ['@ MX']}            | '@ MX' is no record, expected owner, type and data",
        "{at: 1s, break: everything}                              | there is no such fault",
      })
  void aStepThatCannotBeTakenSaysWhatThereIs(String step, String words) throws Exception {
    write(
        """
        title: x
        steps: [%s]
        expect: [{ by: 9s, incident: x }]
        """
            .formatted(step));
    Scenario drill = ScenarioFile.read(directory).getFirst();
    assertThatThrownBy(() -> run(drill))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining(words);
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
          - { path: campus-to-provider, canary: [misfiled, lost] }
        """);
    Result result = run(ScenarioFile.read(directory).getFirst());
    assertThat(result.passed()).isFalse();
    assertThat(result.expected())
        .extracting(Result.Met::met)
        .containsExactly(true, false, false, true, false);
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
        "{title: x, stepz: []}                                       | stepz is unknown, allowed are clock, expect, lasts, never, pace, servers, steps, title",
        "{title: x, expect: [{by: soon, path: p, health: ok}]}       | expect[0].by is 'soon', expected a time",
        "{title: x, expect: [{by: 9s, path: p, health: fine}]}       | expect[0].health is 'fine', allowed are failing",
        "{title: x, expect: [{by: 9s, health: ok}]}                  | expect[0] is expected to have one of path, incident, resolved, notification",
        "{title: x, expect: [{after: 9s, by: 9s, incident: MX}]}     | expect[0].by is not later than 'after'",
        "{title: x, expect: [{by: 9s, incident: MX, severity: bad}]} | expect[0].severity is 'bad', allowed are page and warn",
        "{title: x, steps: [{at: 1s, repair: a, break: b}]}          | steps[0] is expected to have one of break, repair, marker, zone, name-server, server, certificate, mailbox",
        "{title: x, steps: [{at: 1s, server: a, says: 250 Ok}]}      | steps[0].says is no refusal, expected one such as",
        "{title: x, steps: [{at: 1s, server: a, files: away}]}       | steps[0].files is 'away', allowed are inbox, junk, twice, nowhere, altered",
        "{title: x, steps: [{at: 2s, until: 1s, server: a, is: down}]} | steps[0].until is not later than 'at'",
        "{title: x, servers: {a: {checks: R99}}, expect: [{by: 9s, incident: a}]} | servers.a.checks is 'R99', expected dmarc, a profile",
        "{title: x, clock: moon, expect: [{by: 9s, incident: a}]}    | clock is 'moon', allowed are virtual, real",
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

  private static Result result(Scenario drill) {
    try {
      return run(drill);
    } catch (Exception e) {
      throw new IllegalStateException(drill.name(), e);
    }
  }

  private static Result run(Scenario drill) throws Exception {
    return Drill.run(drill, Optional.empty(), _ -> {});
  }

  private void write(String text) throws Exception {
    Files.writeString(directory.resolve(ScenarioFile.NAME), text);
  }
}
