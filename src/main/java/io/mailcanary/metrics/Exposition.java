package io.mailcanary.metrics;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/// One of Prometheus' text formats, so that a text can be made of pieces.
final class Exposition {
  private static final ExpositionFormats FORMATS = ExpositionFormats.init();

  /// Ends OpenMetrics' format, and only that.
  private static final String END = "# EOF\n";

  private final ExpositionFormatWriter writer;

  /// @param contentType what the reader accepts; plain text where that names nothing known
  Exposition(String contentType) {
    writer = FORMATS.findWriter(contentType);
  }

  /// Without what ends a text.
  String text(MetricSnapshots snapshots) {
    String text = written(snapshots);
    return text.endsWith(END) ? text.substring(0, text.length() - END.length()) : text;
  }

  /// What stands before the first series of a name.
  ///
  /// @param example with one series at least
  String head(MetricSnapshot example) {
    return text(MetricSnapshots.of(example))
        .lines()
        .filter(line -> line.startsWith("#"))
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }

  String end() {
    return written(MetricSnapshots.of());
  }

  private String written(MetricSnapshots snapshots) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      writer.write(out, snapshots);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
