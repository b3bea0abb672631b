package io.mailcanary.metrics;

import io.mailcanary.mail.Finding;
import io.mailcanary.watch.Findings;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Map;
import java.util.TreeMap;

/// What is wrong in DNS, read when it is asked for.
final class FindingMetrics implements MultiCollector {
  private static final String DNS = "dns:";
  private static final int MOST_SERIES = 5_000;

  private final Findings findings;

  FindingMetrics(Findings findings) {
    this.findings = findings;
  }

  @Override
  public MetricSnapshots collect() {
    Map<Labels, Integer> counts = new TreeMap<>();
    findings
        .all()
        .forEach((source, found) -> {
          if (source.startsWith(DNS)) {
            found.forEach(one -> counts.merge(labels(one), 1, Integer::sum));
          }
        });
    GaugeSnapshot.Builder gauge =
        GaugeSnapshot.builder()
            .name("mailcanary_dns_findings")
            .help("What is wrong in DNS with names that mail depends on");
    counts.entrySet().stream()
        .limit(MOST_SERIES)
        .forEach(entry ->
            gauge.dataPoint(
                GaugeSnapshot.GaugeDataPointSnapshot.builder()
                    .labels(entry.getKey())
                    .value(entry.getValue())
                    .build()));
    return MetricSnapshots.of(gauge.build());
  }

  private static Labels labels(Finding finding) {
    return Labels.of(
        "name", finding.name(), "tag", finding.tag(), "severity", finding.severity().word());
  }
}
