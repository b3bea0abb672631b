package io.mailcanary.store;

import io.mailcanary.canary.Canary;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Writes without end and tells, after each commit, what is on record: made to be killed.
final class StoreVictim {
  /// Begins the lines that count.
  static final String TOLD = "on record: ";

  /// Nobody is left to kill it when its test broke down.
  private static final int LONGEST_LIFE = 2_000;

  private StoreVictim() {}

  public static void main(String[] arguments) {
    Database database = Database.open(new DatabaseSettings.Embedded(Path.of(arguments[0])));
    CanaryStore store = new SqlCanaryStore(database, InstantSource.system());
    long seed = Long.parseLong(arguments[1]);
    SomeCanaries some = new SomeCanaries(seed);
    Random random = new Random(seed);
    for (int batch = 0; batch < LONGEST_LIFE; batch++) {
      List<JournalEntry> entries = new ArrayList<>();
      // A large batch fills H2's write buffer, which then is written behind our back.
      int size = random.nextInt(20) == 0 ? 3_000 : 1 + random.nextInt(50);
      for (int i = 0; i < size; i++) {
        Canary canary = some.due("campus", Instant.now());
        entries.add(SomeCanaries.scheduled(canary));
        entries.add(SomeCanaries.delivered(canary, Duration.ofMillis(i)));
      }
      store.write(entries);
      Canary last = entries.getLast().canary();
      System.out.println(TOLD + last.id());
      System.out.flush();
    }
  }
}
