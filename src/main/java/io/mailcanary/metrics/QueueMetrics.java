package io.mailcanary.metrics;

import io.mailcanary.canary.Cause;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.Map;
import java.util.function.Supplier;

/// What waits in the queues of relays, read when it is asked for.
final class QueueMetrics implements Collector {
  private final Supplier<Map<String, Map<Cause, Integer>>> messages;

  /// @param messages by relay and cause
  QueueMetrics(Supplier<Map<String, Map<Cause, Integer>>> messages) {
    this.messages = messages;
  }

  @Override
  public MetricSnapshot collect() {
    GaugeSnapshot.Builder waiting =
        GaugeSnapshot.builder()
            .name("mailcanary_queue_messages")
            .help("Messages that wait in a relay's queue, by the cause that it gives");
    messages
        .get()
        .forEach((relay, causes) ->
            causes.forEach((cause, count) ->
                waiting.dataPoint(
                    GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .labels(Labels.of("relay", relay, "cause", cause.word()))
                        .value(count)
                        .build())));
    return waiting.build();
  }
}
