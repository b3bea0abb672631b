package io.mailcanary.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryState;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What was said to be on record is there after a process was killed at any moment.
@Timeout(300)
class SuddenDeathTest {
  private static final int KILLS = 10;

  @Test
  void aKilledProcessLosesNothingThatItSaidWasOnRecord(@TempDir Path directory) throws Exception {
    Random random = new Random(42);
    List<String> told = new ArrayList<>();
    for (int kill = 0; kill < KILLS; kill++) {
      told.addAll(livesFor(directory, kill, 1 + random.nextInt(20)));
      // It opens at once: the dead hold no lock.
      try (Database database = Database.open(new DatabaseSettings.Embedded(directory))) {
        CanaryStore store = new SqlCanaryStore(database, InstantSource.system());
        assertThat(told).isNotEmpty().allSatisfy(id -> assertIsOnRecord(store, id));
      }
    }
    assertThat(told).hasSizeGreaterThan(KILLS);
  }

  @Test
  void aSecondProcessIsToldThatTheDataAreInUse(@TempDir Path directory) throws Exception {
    Process process = victim(directory, 1);
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(output.lines().anyMatch(line -> line.startsWith(StoreVictim.TOLD))).isTrue();
      assertThatThrownBy(() -> Database.open(new DatabaseSettings.Embedded(directory)))
          .isInstanceOf(StoreException.class)
          .hasMessage("another process has the data directory %s open", directory);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void anInterruptedThreadBreaksNothing(@TempDir Path directory) {
    try (Database database = Database.open(new DatabaseSettings.Embedded(directory))) {
      CanaryStore store = new SqlCanaryStore(database, InstantSource.system());
      SomeCanaries some = new SomeCanaries(1);
      List<Canary> written = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        Canary canary = some.due("campus", Instant.now());
        Thread.currentThread().interrupt();
        store.write(List.of(SomeCanaries.scheduled(canary)));
        assertThat(store.find(canary.id())).isPresent();
        written.add(canary);
      }
      assertThat(Thread.interrupted()).isTrue();
      assertThat(store.open()).containsExactlyInAnyOrderElementsOf(written);
    }
  }

  /// A file channel would be closed for good by it.
  @Test
  void anInterruptedThreadReadsWhatNoMemoryHolds(@TempDir Path directory) {
    DatabaseSettings settings = new DatabaseSettings.Embedded(directory);
    SomeCanaries some = new SomeCanaries(1);
    List<JournalEntry> entries =
        Stream.generate(() -> SomeCanaries.scheduled(some.due("campus", Instant.now())))
            .limit(2_000)
            .toList();
    try (Database database = Database.open(settings)) {
      new SqlCanaryStore(database, InstantSource.system()).write(entries);
    }
    try (Database database = Database.open(settings)) {
      CanaryStore store = new SqlCanaryStore(database, InstantSource.system());
      Thread.currentThread().interrupt();
      assertThat(store.open()).hasSameSizeAs(entries);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(store.open()).hasSameSizeAs(entries);
    }
  }

  private static void assertIsOnRecord(CanaryStore store, String id) {
    CanaryId canary = new CanaryId(id);
    assertThat(store.find(canary))
        .hasValueSatisfying(
            found -> assertThat(found.state()).isEqualTo(new CanaryState.Delivered()));
    assertThat(store.events(canary)).hasSize(2);
  }

  /// @return what it told, up to the moment of its death
  private static List<String> livesFor(Path directory, int seed, int batches) throws Exception {
    Process process = victim(directory, seed);
    List<String> told = new ArrayList<>();
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      String line = output.readLine();
      while (line != null) {
        if (line.startsWith(StoreVictim.TOLD)) {
          told.add(line.substring(StoreVictim.TOLD.length()));
        }
        if (told.size() == batches) {
          // By its handle: what it has told until then can still be read.
          process.toHandle().destroyForcibly();
        }
        line = output.readLine();
      }
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(told)
        .as("the process came to its end by itself")
        .hasSizeGreaterThanOrEqualTo(batches);
    return told;
  }

  private static Process victim(Path directory, int seed) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            StoreVictim.class.getName(),
            directory.toString(),
            Integer.toString(seed))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
