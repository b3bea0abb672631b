package io.mailcanary.drill;

import io.mailcanary.mail.Severity;
import io.mailcanary.verdict.Health;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/// Reads `drill.yaml` of a folder, and all drills below one.
public final class ScenarioFile {
  static final String NAME = "drill.yaml";
  private static final long LARGEST = 256 << 10;
  private static final Pattern TIME = Pattern.compile("(\\d{1,5})(ms|s|m)");
  private static final Duration LONGEST = Duration.ofHours(1);

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
    Row file = new Row("", loaded(), Set.of("title", "steps", "expect", "never"));
    List<Scenario.Step> steps = new ArrayList<>();
    for (Row row : file.rows("steps", Set.of("at", "break", "repair", "value", "marker", "who"))) {
      steps.add(step(row));
    }
    List<Scenario.Expected> expected = new ArrayList<>();
    for (Row row :
        file.rows(
            "expect",
            Set.of("after", "by", "path", "health", "says", "incident", "severity", "resolved"))) {
      expected.add(expected(row));
    }
    if (expected.isEmpty()) {
      throw wrong("expect", "is empty: a drill that expects nothing shows nothing");
    }
    List<Scenario.Unwanted> unwanted = new ArrayList<>();
    for (Row row : file.rows("never", Set.of("path", "health", "incident"))) {
      unwanted.add(unwanted(row));
    }
    Path probes = folder.resolve("probes");
    return new Scenario(
        folder.toAbsolutePath().normalize().getFileName().toString(),
        file.text("title"),
        Files.isDirectory(probes) ? Optional.of(probes) : Optional.empty(),
        steps,
        expected,
        unwanted);
  }

  private Scenario.Step step(Row row) throws ScenarioException {
    Duration at = row.time("at", Optional.empty());
    String which = row.oneOf("break", "repair", "marker");
    return switch (which) {
      case "break" -> new Scenario.Step.On(at, row.text("break"), row.textOr("value", ""));
      case "repair" -> new Scenario.Step.Off(at, row.text("repair"));
      default -> new Scenario.Step.Marker(at, row.text("marker"), row.textOr("who", ""));
    };
  }

  private Scenario.Expected expected(Row row) throws ScenarioException {
    Duration after = row.time("after", Optional.of(Duration.ZERO));
    Duration by = row.time("by", Optional.empty());
    if (by.compareTo(after) <= 0) {
      throw wrong(row.place + ".by", "is not later than 'after'");
    }
    return switch (row.oneOf("path", "incident", "resolved")) {
      case "path" ->
          new Scenario.Expected.OfPath(
              after,
              by,
              row.text("path"),
              health(row.place, row.text("health")),
              row.textOr("says", ""));
      case "incident" ->
          new Scenario.Expected.OfIncident(
              after, by, row.text("incident"), severity(row.place, row.textOr("severity", "")));
      default -> new Scenario.Expected.Resolved(after, by, row.text("resolved"));
    };
  }

  private Scenario.Unwanted unwanted(Row row) throws ScenarioException {
    if (row.oneOf("path", "incident").equals("incident")) {
      return new Scenario.Unwanted.OfIncident(row.text("incident"));
    }
    Set<Health> healths = new HashSet<>();
    for (String word : row.texts("health")) {
      healths.add(health(row.place, word));
    }
    return new Scenario.Unwanted.OfPath(row.text("path"), healths);
  }

  private Health health(String place, String word) throws ScenarioException {
    return Arrays.stream(Health.values())
        .filter(health -> health.word().equals(word))
        .findFirst()
        .orElseThrow(() ->
            wrong(
                place + ".health",
                "is '%s', allowed are %s"
                    .formatted(
                        word,
                        Arrays.stream(Health.values())
                            .map(Health::word)
                            .collect(Collectors.joining(", ")))));
  }

  private Optional<Severity> severity(String place, String word) throws ScenarioException {
    return switch (word) {
      case "" -> Optional.empty();
      case "page" -> Optional.of(Severity.PAGE);
      case "warn" -> Optional.of(Severity.WARN);
      default ->
          throw wrong(place + ".severity", "is '%s', allowed are page and warn".formatted(word));
    };
  }

  private Map<?, ?> loaded() throws ScenarioException, IOException {
    Path file = folder.resolve(NAME);
    if (Files.size(file) > LARGEST) {
      throw wrong("", "is larger than %d KB".formatted(LARGEST >> 10));
    }
    try {
      Object loaded =
          new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
      if (loaded instanceof Map<?, ?> map) {
        return map;
      }
      throw wrong("", "is no mapping, expected title, steps, expect and never");
    } catch (YAMLException e) {
      throw wrong("", "is no YAML: " + e.getMessage());
    }
  }

  private ScenarioException wrong(String place, String what) {
    return new ScenarioException(
        "%s%s %s".formatted(folder.resolve(NAME), place.isEmpty() ? ":" : ": " + place, what));
  }

  /// One mapping of the file.
  private final class Row {
    private final String place;
    private final Map<String, Object> values = new LinkedHashMap<>();

    Row(String place, Map<?, ?> map, Set<String> allowed) throws ScenarioException {
      this.place = place;
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        String key = String.valueOf(entry.getKey());
        if (!allowed.contains(key)) {
          throw wrong(
              at(key),
              "is unknown, allowed are " + String.join(", ", allowed.stream().sorted().toList()));
        }
        Object value = entry.getValue();
        if (value != null) {
          values.put(key, value);
        }
      }
    }

    private String at(String key) {
      return place.isEmpty() ? key : place + "." + key;
    }

    String text(String key) throws ScenarioException {
      Object value = values.get(key);
      if (value == null || value instanceof Map || value instanceof List) {
        throw wrong(at(key), value == null ? "is missing" : "is expected to be a text");
      }
      return value.toString();
    }

    String textOr(String key, String otherwise) throws ScenarioException {
      return values.containsKey(key) ? text(key) : otherwise;
    }

    List<String> texts(String key) throws ScenarioException {
      return values.get(key) instanceof List<?> list
          ? list.stream().map(String::valueOf).toList()
          : List.of(text(key));
    }

    /// @param otherwise empty: it has to be there
    Duration time(String key, Optional<Duration> otherwise) throws ScenarioException {
      if (!values.containsKey(key) && otherwise.isPresent()) {
        return otherwise.get();
      }
      String text = text(key);
      Matcher matcher = TIME.matcher(text);
      if (!matcher.matches()) {
        throw wrong(at(key), "is '%s', expected a time such as 500ms, 20s or 3m".formatted(text));
      }
      long number = Long.parseLong(matcher.group(1));
      Duration time =
          switch (matcher.group(2)) {
            case "m" -> Duration.ofMinutes(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMillis(number);
          };
      if (time.compareTo(LONGEST) > 0) {
        throw wrong(at(key), "is '%s', at most an hour is allowed".formatted(text));
      }
      return time;
    }

    /// Which of these keys it has.
    String oneOf(String... keys) throws ScenarioException {
      List<String> found = Arrays.stream(keys).filter(values::containsKey).toList();
      if (found.size() != 1) {
        throw wrong(place, "is expected to have one of " + String.join(", ", keys));
      }
      return found.getFirst();
    }

    List<Row> rows(String key, Set<String> allowed) throws ScenarioException {
      Object value = values.get(key);
      List<Row> rows = new ArrayList<>();
      if (value == null) {
        return rows;
      }
      if (!(value instanceof List<?> list)) {
        throw wrong(key, "is expected to be a list");
      }
      for (int i = 0; i < list.size(); i++) {
        if (!(list.get(i) instanceof Map<?, ?> map)) {
          throw wrong("%s[%d]".formatted(key, i), "is expected to be a mapping");
        }
        rows.add(new Row("%s[%d]".formatted(key, i), map, allowed));
      }
      return rows;
    }
  }
}
