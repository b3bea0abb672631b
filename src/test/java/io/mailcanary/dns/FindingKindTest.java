package io.mailcanary.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.mail.Severity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The list of findings and their pages say the same.
class FindingKindTest {
  private static final Path PAGES = Path.of("src/main/docs/findings");
  private static final Map<Severity, String> WORDS =
      Arrays.stream(Severity.values()).collect(Collectors.toMap(s -> s, Severity::word));

  @ParameterizedTest
  @EnumSource
  void eachHasItsPage(FindingKind kind) throws IOException {
    String page = Files.readString(PAGES.resolve(kind.tag() + ".md"));
    String type = kind.type().isEmpty() ? "any" : kind.type();
    assertThat(page)
        .startsWith(
            "# %s\n\n**%s.** Severity: %s. Record type: %s. See %s.\n"
                .formatted(kind.tag(), kind.title(), WORDS.get(kind.severity()), type, kind.rfc()));
    assertThat(page.lines())
        .containsSubsequence("## What it means", "## See it by hand", "## What to do");
    assertThat(page.replaceAll("\\s+", " ")).contains("## What to do " + kind.advice());
    assertThat(page).containsPattern("```\n(dig|whois|curl|openssl) ");
  }

  @Test
  void noPageIsWithoutItsFinding() throws IOException {
    try (Stream<Path> pages = Files.list(PAGES)) {
      assertThat(pages.map(page -> page.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(
                      Stream.of("index.md"),
                      Arrays.stream(FindingKind.values()).map(kind -> kind.tag() + ".md"))
                  .toList());
    }
  }

  @Test
  void theIndexListsAllInOrder() {
    List<String> rows =
        lines(PAGES.resolve("index.md")).stream().filter(l -> l.startsWith("| [")).toList();
    assertThat(rows)
        .containsExactlyElementsOf(
            Arrays.stream(FindingKind.values())
                .map(kind ->
                    "| [%s](%s.md) | %s | %s | %s |"
                        .formatted(
                            kind.tag(),
                            kind.tag(),
                            WORDS.get(kind.severity()),
                            kind.type().isEmpty() ? "any" : kind.type(),
                            kind.title()))
                .toList());
  }

  @ParameterizedTest
  @EnumSource
  void eachNamesTheParagraphThatSaysSo(FindingKind kind) {
    assertThat(kind.rfc()).matches("RFC \\d{4} §\\d+(\\.\\d+)*");
    assertThat(kind.type())
        .matches(
            "|"
                + Arrays.stream(RecordType.values())
                    .map(Enum::name)
                    .collect(Collectors.joining("|")));
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
