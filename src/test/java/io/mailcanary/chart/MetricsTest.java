package io.mailcanary.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.app.Demo;
import io.mailcanary.canary.Cause;
import io.mailcanary.metrics.ServiceMetrics;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.ConfigurationView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What alerts, the dashboard and the operation page say of series is true of the series that the
/// service has.
@Timeout(180)
class MetricsTest {
  private static final Path PAGE = Path.of("src", "main", "docs", "operation.md");
  private static final Path DASHBOARD = Chart.FOLDER.resolve("files").resolve("dashboard.json");

  /// A name with its matchers, as every query here has it.
  private static final Pattern SELECTION = Pattern.compile("([a-z_]+)\\{([^}]*)}");

  private static final Pattern MATCHER = Pattern.compile("([a-z_]+)(=~|!=|!~|=)\"([^\"]*)\"");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern GROUPING = Pattern.compile("\\b(?:by|on) \\(([^)]*)\\)");

  /// Prometheus adds them to what it scrapes.
  private static final Set<String> OF_PROMETHEUS = Set.of("job", "namespace", "instance");

  /// By name, each series' labels.
  private static final Map<String, List<Map<String, String>>> SERIES = new HashMap<>();

  /// Names as the text format declares them.
  private static final Set<String> DECLARED = new TreeSet<>();

  @BeforeAll
  static void scrape() throws Exception {
    try (Demo demo = Demo.start(0)) {
      ServiceMetrics metrics = demo.server().service().metrics();
      metrics.channels(List.of("hook"), List.of("sent", "retried", "failed"));
      metrics.unverified("hosted", "forged");
      await()
          .atMost(Duration.ofSeconds(90))
          .until(() -> {
            read(metrics.scrape("text/plain"));
            return SERIES
                .keySet()
                .containsAll(
                    Set.of(
                        "mailcanary_hop_seconds",
                        "mailcanary_dns_findings",
                        "mailcanary_certificate_expiry_timestamp_seconds"));
          });
    }
    // The built-in world has no queue that can be read.
    InstantSource clock = InstantSource.fixed(Instant.EPOCH);
    try (ServiceMetrics metrics =
        new ServiceMetrics(new Board(new ConfigurationView(Instant.EPOCH, List.of())), clock)) {
      metrics.queues(() -> Map.of("out", Map.of(Cause.NEXT_HOP, 3)));
      read(metrics.scrape("text/plain"));
    }
  }

  private static void read(String text) {
    for (String line : text.lines().toList()) {
      if (line.startsWith("# TYPE ")) {
        DECLARED.add(line.split(" ", -1)[2]);
      } else if (!line.startsWith("#")) {
        String name = line.split("[{ ]", 2)[0];
        Map<String, String> labels = new HashMap<>();
        Matcher label = LABEL.matcher(line);
        while (label.find()) {
          labels.put(label.group(1), label.group(2));
        }
        SERIES.computeIfAbsent(name, _ -> new ArrayList<>()).add(labels);
      }
    }
  }

  @Test
  void alertsAskForSeriesThatExist() {
    List<String> queries =
        AlertsTest.spec(ValueSets.DEFAULT + "prometheusRule: { enabled: true }\n")
            .findValuesAsText("expr");
    assertThat(queries).hasSizeGreaterThan(15);
    assertThat(queries.stream().mapToInt(MetricsTest::check).sum()).isGreaterThan(15);
  }

  @Test
  void theDashboardAsksForSeriesThatExist() throws Exception {
    JsonNode dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
    List<String> queries = dashboard.path("panels").findValuesAsText("expr");
    assertThat(queries).hasSizeGreaterThan(20);
    assertThat(queries.stream().mapToInt(MetricsTest::check).sum()).isGreaterThan(20);
    Set<Integer> ids = new HashSet<>();
    for (JsonNode panel : dashboard.path("panels")) {
      assertThat(ids.add(panel.path("id").asInt())).isTrue();
      JsonNode place = panel.path("gridPos");
      assertThat(place.path("x").asInt() + place.path("w").asInt()).isLessThanOrEqualTo(24);
    }
    for (JsonNode variable : dashboard.at("/templating/list")) {
      Matcher asked =
          Pattern.compile("label_values\\(([a-z_]+)(?:\\{.*})?, ([a-z]+)\\)")
              .matcher(variable.path("definition").asText());
      if (asked.matches()) {
        assertThat(SERIES).containsKey(asked.group(1));
      }
    }
  }

  @Test
  void theDashboardShowsEachOfOurOwn() throws Exception {
    String text = Files.readString(DASHBOARD);
    assertThat(ours()).allSatisfy(name -> assertThat(text).contains(base(name)));
  }

  @Test
  void theOperationPageExplainsEachOfOurOwnAndNoOther() throws Exception {
    String page = Files.readString(PAGE);
    assertThat(ours())
        .hasSizeGreaterThan(18)
        .allSatisfy(name -> assertThat(page).containsPattern("`" + name + "[`{]"));
    Matcher named = Pattern.compile("`(mailcanary_[a-z_]+)[`{]").matcher(page);
    while (named.find()) {
      assertThat(DECLARED).contains(named.group(1));
    }
  }

  @Test
  void theOperationPageSaysWhatToDoAtEachAlert() throws Exception {
    String page = Files.readString(PAGE);
    List<String> alerts =
        AlertsTest.spec(ValueSets.DEFAULT + "prometheusRule: { enabled: true }\n")
            .findValuesAsText("alert");
    assertThat(alerts)
        .allSatisfy(alert -> assertThat(page).containsPattern("(?m)^#### " + alert + "$"));
    assertThat(
            Pattern.compile("(?m)^#### (Mailcanary.*)$")
                .matcher(page)
                .results()
                .map(m -> m.group(1)))
        .containsExactlyInAnyOrderElementsOf(alerts);
  }

  /// @return how many selections there are in it
  private static int check(String query) {
    Matcher selection = SELECTION.matcher(query);
    Set<String> labels = new HashSet<>(OF_PROMETHEUS);
    labels.add("le");
    int count = 0;
    while (selection.find()) {
      count++;
      String name = selection.group(1);
      assertThat(SERIES).as(query).containsKey(name);
      SERIES.get(name).forEach(series -> labels.addAll(series.keySet()));
      Matcher matcher = MATCHER.matcher(selection.group(2));
      while (matcher.find()) {
        check(query, name, matcher.group(1), matcher.group(2), matcher.group(3));
      }
    }
    Matcher grouping = GROUPING.matcher(query);
    while (grouping.find()) {
      assertThat(labels).as(query).contains(grouping.group(1).split(", "));
    }
    return count;
  }

  private static void check(String query, String name, String label, String how, String value) {
    if (OF_PROMETHEUS.contains(label)) {
      return;
    }
    assertThat(SERIES.get(name)).as(query).allSatisfy(one -> assertThat(one).containsKey(label));
    // Findings are as severe as they happen to be.
    if (how.equals("=") && !label.equals("severity")) {
      assertThat(SERIES.get(name)).as(query).anyMatch(one -> value.equals(one.get(label)));
    }
  }

  /// `…_max` is Micrometer's own, beside each histogram.
  private static List<String> ours() {
    return DECLARED.stream()
        .filter(name -> name.startsWith("mailcanary_") && !name.endsWith("_seconds_max"))
        .toList();
  }

  private static String base(String name) {
    return name.replaceAll("_(total|bucket)$", "");
  }
}
