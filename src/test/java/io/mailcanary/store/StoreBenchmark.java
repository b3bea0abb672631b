package io.mailcanary.store;

import io.mailcanary.canary.Canary;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Prints what the store costs. Arguments: the database, and for how many seconds it is written to.
final class StoreBenchmark {
  private static final int PATHS = 1_000;

  private StoreBenchmark() {}

  public static void main(String[] arguments) throws IOException {
    OnDatabase kind = OnDatabase.valueOf(arguments[0]);
    int seconds = Integer.parseInt(arguments[1]);
    int rate = Integer.parseInt(arguments[2]);
    Path directory = Files.createTempDirectory("store-benchmark");
    DatabaseSettings settings = kind.settings(directory);
    long began = System.nanoTime();
    try (Database database = Database.open(settings)) {
      told("opened, first time", began);
      if (kind == OnDatabase.H2_FILE) {
        database.close();
      }
    }
    began = System.nanoTime();
    try (Database database = Database.open(settings)) {
      told("opened, again", began);
      SqlCanaryStore store = new SqlCanaryStore(database, InstantSource.system());
      Instant start = Instant.now().minusSeconds(seconds);
      paced(store, start, seconds, rate);
      size(directory);
      began = System.nanoTime();
      int found = store.recent(start.minusSeconds(1), 20).size();
      told("recent: " + found, began);
      began = System.nanoTime();
      found = store.recent(start.minusSeconds(1), 20).size();
      told("recent again: " + found, began);
      began = System.nanoTime();
      found = store.open().size();
      told("open: " + found, began);
      began = System.nanoTime();
      found = store.page("path-7", null, null, 200).size();
      told("page: " + found, began);
      began = System.nanoTime();
      store.tidy(start.plus(Duration.ofDays(30)), Duration.ofDays(14), Duration.ofDays(400));
      told("tidy of " + (long) rate * seconds, began);
      size(directory);
    }
  }

  /// A journal as in operation: each slot is committed, everything after it is grouped.
  private static void paced(SqlCanaryStore store, Instant start, int seconds, int rate) {
    SomeCanaries some = new SomeCanaries(1);
    List<Long> slots = new ArrayList<>();
    long commits;
    long cpu = cpu();
    long behind = 0;
    try (Journal journal = new Journal(store, InstantSource.system())) {
      long began = System.nanoTime();
      for (int second = 0; second < seconds; second++) {
        if (second == seconds / 2) {
          System.out.printf(
              "first half: %.2f ms CPU a canary%n", (cpu() - cpu) / 1e6 / ((double) rate * second));
          cpu = cpu();
        }
        List<JournalEntry> slot = new ArrayList<>();
        for (int i = 0; i < rate; i++) {
          Canary canary =
              some.due("path-" + i % PATHS, start.plusSeconds(second).plusMillis(i % 900));
          slot.add(SomeCanaries.scheduled(canary));
        }
        long now = System.nanoTime();
        journal.commit(slot);
        slots.add(System.nanoTime() - now);
        for (JournalEntry entry : slot) {
          Canary canary = entry.canary();
          journal.add(SomeCanaries.accepted(canary, canary.scheduledAt().plusMillis(4)));
          journal.add(SomeCanaries.delivered(canary, Duration.ofMillis(20)));
        }
        long next = began + (second + 1) * 1_000_000_000L;
        behind = Math.max(behind, System.nanoTime() - next);
        while (System.nanoTime() < next) {
          LockSupport.parkNanos(next - System.nanoTime());
        }
      }
      commits = journal.commits();
    }
    long[] sorted = slots.stream().mapToLong(Long::longValue).sorted().toArray();
    System.out.printf(
        "second half: %.2f ms CPU a canary; %d commits, %.3f a canary; slot's commit p50 %d ms, max"
            + " %d ms; behind at most %d ms%n",
        (cpu() - cpu) / 1e6 / ((double) rate * (seconds - seconds / 2)),
        commits,
        commits / ((double) rate * seconds),
        sorted[sorted.length / 2] / 1_000_000,
        Arrays.stream(sorted).max().orElse(0) / 1_000_000,
        Math.max(0, behind) / 1_000_000);
  }

  private static long cpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static void told(String what, long began) {
    System.out.printf("%s: %d ms%n", what, (System.nanoTime() - began) / 1_000_000);
  }

  private static void size(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      long bytes = files.mapToLong(file -> file.toFile().length()).sum();
      System.out.printf("on disk: %d MB%n", bytes >> 20);
    }
  }
}
