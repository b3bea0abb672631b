package io.mailcanary.metrics;

import io.mailcanary.incident.IncidentState;
import io.mailcanary.mail.Severity;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongBiFunction;

/// Incidents, and what people were told of them.
final class AlertMetrics implements MultiCollector {
  private static final List<Severity> WORTH_AN_INCIDENT = List.of(Severity.PAGE, Severity.WARN);

  private record Key(String channel, String result) {}

  private final ConcurrentMap<Key, LongAdder> notifications = new ConcurrentHashMap<>();
  private volatile ToLongBiFunction<Severity, IncidentState> incidents = (_, _) -> 0;

  void incidents(ToLongBiFunction<Severity, IncidentState> counts) {
    incidents = counts;
  }

  /// Begins at zero.
  void channels(Collection<String> names, Collection<String> results) {
    names.forEach(name -> results.forEach(result -> counter(name, result)));
  }

  void told(String channel, String result) {
    counter(channel, result).increment();
  }

  private LongAdder counter(String channel, String result) {
    return notifications.computeIfAbsent(new Key(channel, result), _ -> new LongAdder());
  }

  @Override
  public MetricSnapshots collect() {
    return MetricSnapshots.of(notifications(), incidents());
  }

  private CounterSnapshot notifications() {
    CounterSnapshot.Builder counters =
        CounterSnapshot.builder()
            .name("mailcanary_notifications")
            .help("Attempts to tell a channel of an incident, by what came of them");
    notifications.entrySet().stream()
        .sorted(
            Map.Entry.comparingByKey(Comparator.comparing(Key::channel).thenComparing(Key::result)))
        .forEach(entry ->
            counters.dataPoint(
                CounterSnapshot.CounterDataPointSnapshot.builder()
                    .labels(
                        Labels.of(
                            "channel", entry.getKey().channel(), "result", entry.getKey().result()))
                    .value(entry.getValue().sum())
                    .build()));
    return counters.build();
  }

  private GaugeSnapshot incidents() {
    GaugeSnapshot.Builder gauge =
        GaugeSnapshot.builder().name("mailcanary_incidents").help("Incidents on record");
    for (Severity severity : WORTH_AN_INCIDENT) {
      for (IncidentState state : IncidentState.values()) {
        gauge.dataPoint(
            GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(Labels.of("severity", severity.word(), "state", state.word()))
                .value(incidents.applyAsLong(severity, state))
                .build());
      }
    }
    return gauge.build();
  }
}
