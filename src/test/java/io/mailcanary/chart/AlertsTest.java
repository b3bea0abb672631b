package io.mailcanary.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.lab.Command;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The alerts of the chart, by Prometheus' own tool.
@NeedsServer(Server.PROMETHEUS)
class AlertsTest {
  private static final String PROMTOOL = "/usr/bin/promtool";
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Path CASES = Path.of("src", "test", "resources", "chart", "alerts.yaml");

  @TempDir Path directory;
  private Path rules;

  @BeforeEach
  void render() throws IOException {
    rules =
        Files.writeString(
            directory.resolve("rules.json"),
            spec(ValueSets.DEFAULT + "prometheusRule: { enabled: true }\n").toString());
  }

  @Test
  void prometheusTakesThem() {
    Command.Result checked =
        Command.run(LIMIT, PROMTOOL, "check", "rules", "--lint=all", "--lint-fatal", "" + rules)
            .orFail();
    assertThat(checked.output()).contains("%d rules found".formatted(names().size()));
  }

  @Test
  void eachFiresWhenItShouldAndOnlyThen() throws IOException {
    Path cases = Files.copy(CASES, directory.resolve("alerts.yaml"));
    Command.run(LIMIT, PROMTOOL, "test", "rules", cases.toString()).orFail();
  }

  @Test
  void eachIsTried() throws IOException {
    String cases = Files.readString(CASES);
    assertThat(names())
        .hasSizeGreaterThan(15)
        .allSatisfy(name -> assertThat(cases).contains("alertname: " + name));
  }

  @Test
  void valuesChangeThem() throws IOException {
    JsonNode spec =
        spec(
            ValueSets.DEFAULT
                + """
                prometheusRule:
                  enabled: true
                  selector: job="probes"
                  disabled: [MailcanaryPathDegraded, MailcanaryOutboxStuck]
                  severities: { page: p1, warn: p3, none: watchdog }
                  alertLabels: { team: mail }
                  runbookUrl: https://wiki.example/mail#
                  certificateDays: { warn: 30, page: 7 }
                  scheduleLatenessSeconds: 0.5
                """);
    Path changed = Files.writeString(directory.resolve("changed.json"), spec.toString());
    Command.run(LIMIT, PROMTOOL, "check", "rules", changed.toString()).orFail();
    assertThat(spec.findValuesAsText("alert"))
        .hasSize(names().size() - 2)
        .doesNotContain("MailcanaryPathDegraded", "MailcanaryOutboxStuck");
    JsonNode failing = rule(spec, "MailcanaryPathFailing");
    assertThat(failing.path("expr").asText()).contains("{job=\"probes\",health=\"failing\"}");
    assertThat(failing.path("labels").toString())
        .isEqualTo("{\"severity\":\"p1\",\"team\":\"mail\"}");
    assertThat(failing.at("/annotations/runbook_url").asText())
        .isEqualTo("https://wiki.example/mail#mailcanarypathfailing");
    assertThat(rule(spec, "MailcanaryCertificateExpiring").path("expr").asText())
        .contains("< 30 * 86400", "< 7 * 86400");
    assertThat(rule(spec, "MailcanaryScheduleLate").path("expr").asText()).endsWith("> 0.5");
  }

  static JsonNode spec(String values) {
    return Chart.render(values).one("PrometheusRule").path("spec");
  }

  private static JsonNode rule(JsonNode spec, String alert) {
    for (JsonNode group : spec.path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        if (rule.path("alert").asText().equals(alert)) {
          return rule;
        }
      }
    }
    throw new AssertionError("no alert " + alert);
  }

  private List<String> names() {
    try {
      return new ObjectMapper().readTree(rules.toFile()).findValuesAsText("alert");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
