package io.mailcanary.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.path.Paths;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.ConfigurationView;
import io.mailcanary.runtime.PathView;
import io.mailcanary.store.Database;
import io.mailcanary.store.DatabaseSettings;
import io.mailcanary.store.SqlCanaryStore;
import io.mailcanary.store.SqlIncidentStore;
import io.mailcanary.verdict.Health;
import io.mailcanary.verdict.PathHealth;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The sentence that is read first.
class OverviewTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  private final Database database = Database.open(new DatabaseSettings.InMemory());
  private final Board board = new Board(new ConfigurationView(NOW, List.of()));
  private final Past past =
      new Past(new SqlCanaryStore(database, InstantSource.system()), InstantSource.system());
  private final Overview overview = new Overview(board, new SqlIncidentStore(database), past);

  @AfterEach
  void close() {
    past.close();
    database.close();
  }

  @ParameterizedTest(name = "{0}, the database {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          ok         | is there | ok      | The one path delivers as promised.                         | No incident is open.
          ok ok      | is there | ok      | All 2 paths deliver as promised.                           | No incident is open.
          ok failing | is there | failing | 1 of 2 paths fails.                                        | p1
          ok         | is away  | blind   | The one path delivered as promised when it was last seen.  | ""
          ok ok      | is away  | blind   | All 2 paths delivered as promised when they were last seen. | ""
          ok failing | is away  | failing | 1 of 2 paths fails.                                        | p1
          """)
  void itSaysWhatIsKnown(String healths, String how, String shape, String text, String detail) {
    int next = 0;
    for (String health : healths.split(" ", -1)) {
      board.show(path("p" + next++, Health.valueOf(health.toUpperCase(Locale.ROOT))));
    }
    if (how.equals("is away")) {
      database.close();
    }
    assertThat(overview.page(Overview.Asked.of(null, null, null), NOW).model())
        .containsEntry("sentence", new Overview.Sentence(shape, text, detail));
  }

  private static PathView path(String name, Health health) {
    return new PathView(
        Paths.path(name),
        new PathHealth(health, "it was seen so"),
        NOW,
        null,
        null,
        null,
        1.0,
        0,
        null,
        null,
        List.of());
  }
}
