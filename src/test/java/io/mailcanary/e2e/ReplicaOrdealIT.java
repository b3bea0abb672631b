package io.mailcanary.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Server;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Replicas that are killed, frozen and cut off from the database are replaced, do no harm when
/// they are back, and the books are exact.
@NeedsServer(Server.POSTGRESQL)
class ReplicaOrdealIT {
  /// Two of three suffer in each.
  private static final int ROUNDS = 5;

  @Test
  @Timeout(600)
  void threeReplicasOfWhichTwoAtATimeAreKilledOrFrozenOrCutOff(@TempDir Path directory)
      throws Exception {
    try (Ordeal ordeal = new Ordeal(directory, 3, 30, Duration.ofSeconds(5))) {
      Random random = new Random(3);
      for (int round = 0; round < ROUNDS; round++) {
        ordeal.round(random);
      }
      Ordeal.Outcome outcome = ordeal.reckon();
      System.out.println(outcome);
      assertThat(outcome.harms()).isEqualTo(10);
      assertThat(outcome.refusedOnce()).as("there was something to take over").isPositive();
      assertThat(outcome.owners()).as("all of them sent").hasSizeGreaterThan(2);
    }
  }
}
