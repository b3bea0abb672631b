package io.mailcanary.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What no person writes, but what a file may hold all the same.
@Timeout(60)
class HostileProbesTest {
  private static final String ALPHABET = "{}[]:,-#&*!|>'\"%@`?\n\t \\${}<=~0aé\u0000\uFEFF";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void mutatedFilesAreReadOrRefusedButNeverThrow(long seed) throws IOException {
    Random random = new Random(seed);
    String good = example();
    Probes probes = new Probes(folder);
    int refused = 0;
    for (int round = 0; round < 150; round++) {
      Files.write(folder.resolve("a.yaml"), mutated(good, random));
      Reading reading = probes.read();
      if (reading instanceof Reading.Invalid invalid) {
        refused++;
        assertThat(invalid.problems()).isNotEmpty().isSorted();
        assertThat(invalid.problems().toString()).doesNotContain("\n", "\t", "\u0000");
      }
    }
    assertThat(refused).isBetween(30, 150);
  }

  private static byte[] mutated(String text, Random random) {
    StringBuilder mutated = new StringBuilder(text);
    int times = 1 + random.nextInt(4);
    for (int i = 0; i < times; i++) {
      int at = random.nextInt(mutated.length());
      char c = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
      switch (random.nextInt(5)) {
        case 0 -> mutated.setCharAt(at, c);
        case 1 -> mutated.insert(at, c);
        case 2 -> mutated.deleteCharAt(at);
        case 3 -> mutated.delete(at, Math.min(mutated.length(), at + random.nextInt(40)));
        case 4 -> {
          int from = random.nextInt(mutated.length());
          mutated.insert(at, mutated.substring(from, Math.min(mutated.length(), from + 60)));
        }
        default -> throw new AssertionError();
      }
    }
    byte[] bytes = mutated.toString().getBytes(StandardCharsets.UTF_8);
    if (random.nextInt(5) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  static String example() throws IOException {
    try (var in = HostileProbesTest.class.getResourceAsStream("/config/example.yaml")) {
      return new String(
          java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aliasesDoNotMultiplyWithoutEnd() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 20; i++) {
      String before = "*a" + (i - 1) + ", ";
      bomb.append("a%d: &a%d [%s x]\n".formatted(i, i, before.repeat(9)));
    }
    assertThat(problems(bomb.toString()))
        .singleElement()
        .asString()
        .contains("holds more than 500000 values, those behind aliases counted");
  }

  @Test
  void anAliasOfItselfIsRefused() {
    assertThat(problems("relays: &a { x: *a }\n"))
        .singleElement()
        .asString()
        .contains("is nested deeper than 32 levels");
  }

  @Test
  void depthIsBounded() {
    assertThat(problems("a: " + "[".repeat(100_000))).singleElement().asString().contains("yaml:");
    assertThat(problems("a: " + "{a: ".repeat(100_000))).hasSize(1);
  }

  @Test
  void sizeIsBounded() {
    assertThat(problems("#".repeat(YamlFile.LARGEST + 1)))
        .singleElement()
        .asString()
        .endsWith(
            "a.yaml:1:1: file: cannot be read: it is larger than 4MB, expected a readable file, 4MB"
                + " at most");
  }

  @Test
  void theNumberOfFilesIsBounded() {
    Probes probes = new Probes(folder);
    for (int i = 0; i <= Snapshot.MOST_FILES; i++) {
      probes.with("f%d.yaml".formatted(i), "");
    }
    assertThat(probes.problems())
        .containsExactly("FOLDER:1:1: folder: has too many probe files, expected 1000 at most");
  }

  @Test
  void pathsWithOneTemplateShareItsText() {
    Probes probes =
        new Probes(folder)
            .with("letter.eml", "Subject: x\n\nx\n")
            .with("w.yaml", Probes.WORLD)
            .with(
                "a.yaml",
                """
                paths:
                  a: &a { via: out, from: a@b.example, to: c@d.example, arrives-in: in,
                          message: { template: letter.eml } }
                  b: *a
                """);
    List<String> templates =
        probes.plan().paths().values().stream()
            .map(path -> path.message().template().orElseThrow())
            .toList();
    assertThat(templates).hasSize(2);
    assertThat(templates.getFirst()).isSameAs(templates.getLast());
  }

  @Test
  void theNumberOfProblemsIsBounded() {
    assertThat(problems("x: 1\n".repeat(20_000))).hasSize(10_000);
  }

  @Test
  void longKeysAndBrokenLinesStayInOneShortLine() {
    List<Problem> problems =
        problems("relays: { \"a\\nb\\u202e%s\": 1 }".formatted("x".repeat(5_000)));
    assertThat(problems)
        .allSatisfy(problem -> assertThat(problem.toString()).hasSizeLessThan(2_000));
    assertThat(problems.toString()).doesNotContain("\n", "\u202e");
  }

  @Test
  void aFileThatIsNotInUtf8SaysWhere() throws IOException {
    Files.write(folder.resolve("a.yaml"), new byte[] {'a', '\n', 'b', (byte) 0xff, 'c'});
    assertThat(new Probes(folder).problems())
        .containsExactly(
            "a.yaml:2:2: yaml: is not in UTF-8 from here on, expected UTF-8 throughout");
  }

  @Test
  void aPipeIsNotWaitedFor() throws Exception {
    Process process = new ProcessBuilder("mkfifo", folder.resolve("pipe.yaml").toString()).start();
    assertThat(process.waitFor()).isZero();
    assertThat(new Probes(folder).problems())
        .containsExactly(
            "pipe.yaml:1:1: file: cannot be read: it is no regular file, expected a readable file,"
                + " 4MB at most");
  }

  @Test
  void thousandsOfPathsAreReadInASecondOrTwo() {
    StringBuilder text =
        new StringBuilder(Probes.WORLD)
            .append("service: { receiver-limit: 20000 }\n")
            .append("paths:\n");
    for (int i = 0; i < 10_000; i++) {
      text.append(
          "  p%d: { via: out, from: a@b.example, to: c@d.example, arrives-in: in }\n".formatted(i));
    }
    Probes probes = new Probes(folder).with("a.yaml", text.toString());
    long start = System.nanoTime();
    assertThat(probes.plan().paths()).hasSize(10_000);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void bytesOfAnyKindNeverThrow() throws IOException {
    Random random = new Random(5);
    for (int round = 0; round < 200; round++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      Files.write(folder.resolve("a.yaml"), bytes);
      assertThatCode(() -> new Probes(folder).read()).doesNotThrowAnyException();
    }
  }

  private List<Problem> problems(String text) {
    return switch (new Probes(folder).with("a.yaml", text).read()) {
      case Reading.Valid _ -> List.of();
      case Reading.Invalid invalid -> invalid.problems();
    };
  }
}
