package io.mailcanary.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.verdict.ClockSkew;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Each finding about queues, bounces and clocks has its page.
class MailFindingsPagesTest {
  private static final Path PAGES = Path.of("src/main/docs/mail-findings");
  private static final List<String> TAGS =
      List.of(
          ClockSkew.TAG,
          "queue-one-reason",
          "queue-growing",
          "queue-old",
          "queue-bounces",
          BounceVerdict.TAG);

  @Test
  void eachTagHasAPageAndEachPageATag() throws IOException {
    for (String tag : TAGS) {
      assertThat(Files.readString(PAGES.resolve(tag + ".md"))).startsWith("# " + tag + "\n");
    }
    try (Stream<Path> all = Files.list(PAGES)) {
      assertThat(all.map(page -> page.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(Stream.of("index.md"), TAGS.stream().map(tag -> tag + ".md")).toList());
    }
    assertThat(Files.readAllLines(PAGES.resolve("index.md")))
        .filteredOn(line -> line.startsWith("| ["))
        .extracting(line -> line.substring(3, line.indexOf(']')))
        .containsExactlyElementsOf(TAGS);
  }

  @Test
  void thePagesSayWhatTheFindingsAdvise() throws IOException {
    assertThat(Files.readString(PAGES.resolve("clock-skew.md")))
        .contains(ClockSkew.RFC, ClockSkew.ADVICE);
    assertThat(Files.readString(PAGES.resolve("bounce-rate.md")))
        .contains(BounceVerdict.ofRelay("out", 3, 2, 3, List.of()).getFirst().advice());
  }
}
