package io.mailcanary.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.HopWait;
import io.mailcanary.path.Paths;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.ConfigurationView;
import io.mailcanary.runtime.PathView;
import io.mailcanary.verdict.Health;
import io.mailcanary.verdict.PathHealth;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Many paths come in pieces; what is read is as if they came at once.
class PathMetricsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final int PATHS = 1_000;
  private static final int SERIES = 28;

  private final Board board = new Board(new ConfigurationView(NOW, List.of()));

  @ParameterizedTest
  @CsvSource({
    "text/plain, mailcanary_canaries_total, 0",
    "application/openmetrics-text; version=1.0.0, mailcanary_canaries, 1"
  })
  void whatANameMeansStandsOnceAndTheEndAtTheEnd(String accept, String canaries, int ends) {
    for (int i = 0; i < PATHS; i++) {
      show("path-%05d".formatted(i));
    }
    // The first of its name is in none of the first pieces.
    board
        .tally("path-00999")
        .waited(
            List.of(new HopWait("a", "mx \"1\" \\", Duration.ofSeconds(2), Duration.ofSeconds(1))));

    String text = text(accept);

    List<String> ofPaths = text.lines().filter(line -> line.contains("path=\"")).toList();
    assertThat(ofPaths).hasSize(PATHS * SERIES + 1).doesNotHaveDuplicates();
    for (String name : List.of(canaries, "mailcanary_delivery_seconds", "mailcanary_hop_seconds")) {
      assertThat(text.lines().filter(line -> line.startsWith("# TYPE " + name + " "))).hasSize(1);
      assertThat(text.lines().filter(line -> line.startsWith("# HELP " + name + " "))).hasSize(1);
    }
    assertThat(text)
        .contains("mailcanary_hop_seconds{hop=\"mx \\\"1\\\" \\\\\",path=\"path-00999\"} 1.0\n");
    assertThat(text.lines().filter("# EOF"::equals)).hasSize(ends);
    assertThat(text.endsWith("# EOF\n")).isEqualTo(ends == 1);
    assertThat(runs(ofPaths)).doesNotHaveDuplicates();
  }

  /// The names as they follow one another.
  private static List<String> runs(List<String> lines) {
    List<String> runs = new ArrayList<>();
    for (String line : lines) {
      String name = line.substring(0, line.indexOf('{')).replaceAll("_(bucket|count|sum)$", "");
      if (runs.isEmpty() || !runs.getLast().equals(name)) {
        runs.add(name);
      }
    }
    return runs;
  }

  /// Or the text of ten thousand paths would be in memory at once.
  @Test
  void aPieceIsMadeWhenItIsAskedFor() {
    for (int i = 0; i < PATHS; i++) {
      show("path-%05d".formatted(i));
    }
    try (ServiceMetrics metrics = new ServiceMetrics(board, InstantSource.fixed(NOW))) {
      Iterator<String> pieces = metrics.text("text/plain").iterator();
      pieces.next();
      pieces.next();
      board.tally("path-00999").delivered(Duration.ofMillis(500));

      StringBuilder rest = new StringBuilder();
      pieces.forEachRemaining(rest::append);
      assertThat(rest).contains("mailcanary_delivery_seconds_count{path=\"path-00999\"} 1\n");
    }
  }

  @Test
  void aHistogramAddsUp() {
    show("p");
    board.tally("p").delivered(Duration.ofMillis(500));
    board.tally("p").delivered(Duration.ofSeconds(30));
    board.tally("p").delivered(Duration.ofHours(1));

    assertThat(text("text/plain").lines().filter(line -> line.startsWith("mailcanary_delivery_")))
        .containsExactly(
            "mailcanary_delivery_seconds_bucket{path=\"p\",le=\"1.0\"} 1",
            "mailcanary_delivery_seconds_bucket{path=\"p\",le=\"10.0\"} 1",
            "mailcanary_delivery_seconds_bucket{path=\"p\",le=\"60.0\"} 2",
            "mailcanary_delivery_seconds_bucket{path=\"p\",le=\"600.0\"} 2",
            "mailcanary_delivery_seconds_bucket{path=\"p\",le=\"+Inf\"} 3",
            "mailcanary_delivery_seconds_count{path=\"p\"} 3",
            "mailcanary_delivery_seconds_sum{path=\"p\"} 3630.5");
  }

  private void show(String path) {
    board.show(
        new PathView(
            Paths.path(path),
            new PathHealth(Health.OK, "all is well"),
            NOW,
            null,
            null,
            null,
            null,
            2,
            NOW.minusSeconds(3),
            NOW,
            List.of()));
  }

  private String text(String accept) {
    try (ServiceMetrics metrics = new ServiceMetrics(board, InstantSource.fixed(NOW))) {
      return metrics.scrape(accept);
    }
  }
}
