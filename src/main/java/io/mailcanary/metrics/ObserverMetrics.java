package io.mailcanary.metrics;

import io.mailcanary.runtime.Board;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;

/// Which of our own parts work, as the board shows it.
record ObserverMetrics(Board board) implements Collector {
  @Override
  public MetricSnapshot collect() {
    GaugeSnapshot.Builder observer =
        GaugeSnapshot.builder()
            .name("mailcanary_observer_up")
            .help("Whether a part of the observer works");
    board
        .parts()
        .forEach(part ->
            observer.dataPoint(
                GaugeSnapshot.GaugeDataPointSnapshot.builder()
                    .labels(Labels.of("part", part.name()))
                    .value(part.ok() ? 1 : 0)
                    .build()));
    return observer.build();
  }
}
