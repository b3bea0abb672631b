package io.mailcanary.drill;

import io.mailcanary.world.Pace;
import io.mailcanary.world.SimulatedWorld;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/// Reads `drill.yaml` of a folder with what stands beside it, and all drills below one.
public final class ScenarioFile {
  static final String NAME = "drill.yaml";
  static final Set<String> KEYS =
      Set.of("title", "clock", "lasts", "servers", "pace", "steps", "expect", "never");
  static final Set<String> SERVER =
      Set.of("keeps", "passes", "relays", "tls", "addresses", "signs", "checks");
  static final Set<String> PACE = Set.of("retry", "longest", "warns", "gives-up");

  private static final long LARGEST = 256 << 10;
  private static final String ZONE = ".zone";

  private final Path folder;

  private ScenarioFile(Path folder) {
    this.folder = folder;
  }

  /// The drill in this folder, or those in the folders below it, by name.
  public static List<Scenario> read(Path folder) throws ScenarioException, IOException {
    if (Files.isRegularFile(folder.resolve(NAME))) {
      return List.of(new ScenarioFile(folder).scenario());
    }
    List<Scenario> found = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> below = Files.list(folder)) {
        for (Path one : below.sorted().toList()) {
          if (Files.isRegularFile(one.resolve(NAME))) {
            found.add(new ScenarioFile(one).scenario());
          }
        }
      }
    }
    if (found.isEmpty()) {
      throw new ScenarioException(
          "%s: no drill here, expected %s in it or in folders below it".formatted(folder, NAME));
    }
    return found;
  }

  private Scenario scenario() throws ScenarioException, IOException {
    ScenarioRow file = new ScenarioRow(folder.resolve(NAME).toString(), "", loaded(), KEYS);
    List<Scenario.Step> steps = new ArrayList<>();
    for (ScenarioRow row : file.rows("steps", ScenarioSteps.KEYS)) {
      steps.add(ScenarioSteps.of(row));
    }
    List<Scenario.Expected> expected = new ArrayList<>();
    for (ScenarioRow row : file.rows("expect", ScenarioExpectations.EXPECT)) {
      expected.add(ScenarioExpectations.expected(row));
    }
    List<Scenario.Unwanted> unwanted = new ArrayList<>();
    for (ScenarioRow row : file.rows("never", ScenarioExpectations.NEVER)) {
      unwanted.add(ScenarioExpectations.unwanted(row));
    }
    Duration lasts = file.timeOr("lasts", Duration.ZERO);
    if (expected.isEmpty() && (unwanted.isEmpty() || lasts.isZero())) {
      throw file.wrong("expect", "is empty: a drill that expects nothing shows nothing");
    }
    Map<String, List<String>> checks = new LinkedHashMap<>();
    Path probes = folder.resolve("probes");
    return new Scenario(
        folder.toAbsolutePath().normalize().getFileName().toString(),
        file.text("title"),
        file.has("clock")
            ? ScenarioSteps.constant(file, "clock", Scenario.Clock.values())
            : Scenario.Clock.VIRTUAL,
        Files.isDirectory(probes) ? Optional.of(probes) : Optional.empty(),
        new SimulatedWorld.Setup(zones(), hosts(file, checks), pace(file)),
        checks,
        lasts,
        steps,
        expected,
        unwanted);
  }

  private Map<String, String> zones() throws IOException, ScenarioException {
    Map<String, String> zones = new LinkedHashMap<>();
    Path below = folder.resolve("zones");
    if (Files.isDirectory(below)) {
      try (Stream<Path> files = Files.list(below)) {
        for (Path file : files.sorted().toList()) {
          String name = file.getFileName().toString();
          if (!name.endsWith(ZONE)) {
            throw new ScenarioException(
                "%s: is no zone file, expected a name such as peer.example%s"
                    .formatted(file, ZONE));
          }
          if (Files.size(file) > LARGEST) {
            throw new ScenarioException("%s: is larger than %d KB".formatted(file, LARGEST >> 10));
          }
          zones.put(
              name.substring(0, name.length() - ZONE.length()).toLowerCase(Locale.ROOT),
              Files.readString(file));
        }
      }
    }
    return zones;
  }

  private static List<SimulatedWorld.Host> hosts(ScenarioRow file, Map<String, List<String>> checks)
      throws ScenarioException {
    List<SimulatedWorld.Host> hosts = new ArrayList<>();
    for (Map.Entry<String, ScenarioRow> entry : file.named("servers", SERVER).entrySet()) {
      ScenarioRow row = entry.getValue();
      List<InetAddress> addresses = new ArrayList<>();
      for (String address : row.texts("addresses")) {
        addresses.add(address(row, address));
      }
      for (String check : row.texts("checks")) {
        if (!Checks.isKnown(check)) {
          throw row.wrong(
              "checks",
              "is '%s', expected dmarc, a profile such as R4, or the id of a measured setting"
                  .formatted(check));
        }
      }
      checks.put(entry.getKey(), row.texts("checks"));
      hosts.add(
          new SimulatedWorld.Host(
              entry.getKey(),
              new HashSet<>(row.texts("keeps")),
              row.map("passes"),
              row.flag("relays"),
              row.flag("tls"),
              addresses,
              row.has("signs") ? Optional.of(row.text("signs")) : Optional.empty()));
    }
    return hosts;
  }

  private static InetAddress address(ScenarioRow row, String text) throws ScenarioException {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException _) {
      throw row.wrong("addresses", "is '%s', expected an IP address".formatted(text));
    }
  }

  private static Pace pace(ScenarioRow file) throws ScenarioException {
    Optional<ScenarioRow> row = file.section("pace", PACE);
    Pace usual = Pace.FOR_LOOKING_ON;
    if (row.isEmpty()) {
      return usual;
    }
    return new Pace(
        row.get().timeOr("retry", usual.firstGap()),
        row.get().timeOr("longest", usual.longestGap()),
        row.get().timeOr("warns", usual.warnsAfter()),
        row.get().timeOr("gives-up", usual.givesUpAfter()));
  }

  private Map<?, ?> loaded() throws ScenarioException, IOException {
    Path file = folder.resolve(NAME);
    if (Files.size(file) > LARGEST) {
      throw wrong("is larger than %d KB".formatted(LARGEST >> 10));
    }
    try {
      Object loaded =
          new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
      if (loaded instanceof Map<?, ?> map) {
        return map;
      }
      throw wrong("is no mapping, expected title, steps, expect and never");
    } catch (YAMLException e) {
      throw wrong("is no YAML: " + e.getMessage());
    }
  }

  private ScenarioException wrong(String what) {
    return new ScenarioException("%s: %s".formatted(folder.resolve(NAME), what));
  }
}
