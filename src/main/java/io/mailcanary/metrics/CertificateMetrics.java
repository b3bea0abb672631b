package io.mailcanary.metrics;

import io.mailcanary.watch.TlsWatch.Expiry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.function.Supplier;

/// When the certificates of mail ports expire, read when it is asked for.
final class CertificateMetrics implements MultiCollector {
  private static final int MOST_SERIES = 5_000;

  private final Supplier<List<Expiry>> expiries;

  CertificateMetrics(Supplier<List<Expiry>> expiries) {
    this.expiries = expiries;
  }

  @Override
  public MetricSnapshots collect() {
    GaugeSnapshot.Builder gauge =
        GaugeSnapshot.builder()
            .name("mailcanary_certificate_expiry_timestamp_seconds")
            .help("When the first certificate that a mail port shows expires");
    expiries.get().stream()
        .limit(MOST_SERIES)
        .forEach(expiry ->
            gauge.dataPoint(
                GaugeSnapshot.GaugeDataPointSnapshot.builder()
                    .labels(Labels.of("host", expiry.host(), "port", String.valueOf(expiry.port())))
                    .value(expiry.at().getEpochSecond())
                    .build()));
    return MetricSnapshots.of(gauge.build());
  }
}
