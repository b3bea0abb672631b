package io.mailcanary;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/// The security page names a test for each threat, and each test that it names exists.
class SecurityPageTest {
  private static final Path PAGE = Path.of("src", "main", "docs", "security.md");
  private static final Path TESTS = Path.of("src", "test", "java");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| \\*\\*([^*]+)\\*\\*.*\\| ([^|]+) \\| ([^|]+) \\|$");
  private static final Pattern NAMED = Pattern.compile("`(\\w+)#(\\w+)`");

  private record Row(String threat, String stops, String shownBy) {}

  private static List<Row> rows() throws IOException {
    return ROW.matcher(Files.readString(PAGE))
        .results()
        .map(found -> new Row(found.group(1), found.group(2), found.group(3)))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Hostile mail",
        "Hostile DNS",
        "Hostile receiver",
        "Stolen token",
        "Curious operator",
        "Forged canary",
        "The prober as open relay",
        "The prober as spam source",
        "The prober as SSRF tool"
      })
  void eachThreatIsThereWithWhatStopsItAndATest(String threat) throws IOException {
    assertThat(rows())
        .filteredOn(row -> row.threat().equals(threat))
        .isNotEmpty()
        .allSatisfy(row -> {
          assertThat(row.stops()).hasSizeGreaterThan(30);
          assertThat(row.shownBy()).containsPattern(NAMED);
        });
  }

  @Test
  void eachTestThatItNamesExists() throws Exception {
    Map<String, Path> sources = sources();
    List<Row> rows = rows();
    assertThat(rows).hasSizeGreaterThan(20);
    for (Row row : rows) {
      // Nothing stands there beside the names of tests.
      assertThat(NAMED.matcher(row.shownBy()).replaceAll("").strip()).as(row.threat()).isEmpty();
      for (Matcher named = NAMED.matcher(row.shownBy()); named.find(); ) {
        assertThat(sources).containsKey(named.group(1));
        assertThat(tests(sources.get(named.group(1)))).as(named.group(1)).contains(named.group(2));
      }
    }
  }

  /// By simple name, each class of tests.
  private static Map<String, Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(TESTS)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.endsWith("package-info.java"))
          .collect(
              Collectors.toMap(
                  file -> file.getFileName().toString().replace(".java", ""),
                  file -> file,
                  (one, _) -> one));
    }
  }

  private static List<String> tests(Path source) throws ClassNotFoundException {
    String name = TESTS.relativize(source).toString().replace(".java", "").replace('/', '.');
    Class<?> type = Class.forName(name, false, SecurityPageTest.class.getClassLoader());
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> AnnotationSupport.isAnnotated(method, Testable.class))
        .map(Method::getName)
        .toList();
  }
}
