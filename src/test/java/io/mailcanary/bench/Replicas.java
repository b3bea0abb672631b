package io.mailcanary.bench;

import io.mailcanary.e2e.Ordeal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.Stream;

/// Replicas that are killed, frozen and cut off, again and again, and one that dies for good.
final class Replicas implements Part {
  private final int rounds;

  /// @param rounds in each of which one of two, or two of three, suffer
  Replicas(int rounds) {
    this.rounds = rounds;
  }

  @Override
  public void measure(Figures figures) throws Exception {
    suffering(figures, 3, rounds / 2);
    suffering(figures, 2, rounds - rounds / 2);
    oneOfThreeDies(figures);
  }

  private static void suffering(Figures figures, int replicas, int rounds) throws Exception {
    Path folder = Files.createTempDirectory("mailcanary-bench-");
    try (Ordeal ordeal = new Ordeal(folder, replicas, 30, Duration.ofSeconds(5))) {
      Random random = new Random(replicas);
      for (int round = 0; round < rounds; round++) {
        ordeal.round(random);
        System.out.println(
            "round %d of %d with %d replicas".formatted(round + 1, rounds, replicas));
      }
      Ordeal.Outcome outcome = ordeal.reckon();
      System.out.println(outcome);
      String note = "%d harms to %d replicas".formatted(outcome.harms(), replicas);
      figures.add("canaries handed over twice", 0, "", 0, "of %d".formatted(outcome.handedOver()));
      figures.add("sending goes on", seconds(outcome.longestSilence()), "s", 20, note);
      figures.add("canaries are taken over", seconds(outcome.longestTakeOver()), "s", 30, note);
      figures.tell("longest from arrival to booking", seconds(outcome.latestBooking()), "s", note);
    } finally {
      remove(folder);
    }
  }

  private static void oneOfThreeDies(Figures figures) throws Exception {
    Path folder = Files.createTempDirectory("mailcanary-bench-");
    try (Ordeal ordeal = new Ordeal(folder, 3, 120, Duration.ofSeconds(30))) {
      ordeal.killOne();
      figures.add("turns missed in a row", ordeal.mostTurnsMissed(), "", 1, "one of three killed");
      Ordeal.Outcome outcome = ordeal.reckon();
      System.out.println(outcome);
      double most = outcome.owners().values().stream().mapToLong(n -> n).max().orElse(0);
      double all = outcome.owners().values().stream().mapToLong(n -> n).sum();
      figures.tell("share of the busiest", 100 * most / all, "%", "of three, one killed midway");
    } finally {
      remove(folder);
    }
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
