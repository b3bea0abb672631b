package io.mailcanary.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The pages about probe files and alerts say what the tables say that read the files.
class ReferenceTest {
  private static final Path PAGES = Path.of("src/main/docs");

  @Test
  void thePageOfProbeFilesEndsWithEveryKeyAsItIsRead() throws IOException {
    String page = Files.readString(PAGES.resolve("probe-files.md"));
    assertThat(page.substring(page.indexOf(Reference.START)))
        .as("java -jar target/mailcanary.jar schema --markdown prints it anew")
        .isEqualTo(Reference.markdown());
  }

  @Test
  void thePageOfAlertsHasTheNumbersOfTheRules() throws IOException {
    assertThat(Files.readString(PAGES.resolve("alerts.md")))
        .contains(Reference.table("rules"))
        .contains(Reference.burns());
  }

  @Test
  void eachSectionAndKindIsThere() {
    assertThat(Reference.markdown())
        .contains("\n## relays\n", "\n### imap\n", "\n### pagerduty\n", "\n## service\n")
        .contains("| `expect.within` |")
        .contains("| `tokens[].sha256` |")
        .contains("`2 of 3`");
  }
}
