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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The overview where paths are many: only those of one page are looked at.
class TenThousandPathsTest {
  private static final int PATHS = 10_000;
  private static final int WARM = 40;

  private final Database database = Database.open(new DatabaseSettings.InMemory());
  private final Board board =
      new Board(new ConfigurationView(Instant.parse("2026-11-22T10:00:00Z"), List.of()));
  private final Past past =
      new Past(new SqlCanaryStore(database, InstantSource.system()), InstantSource.system());
  private final Overview overview = new Overview(board, new SqlIncidentStore(database), past);
  private final Templates templates = new Templates();

  @BeforeEach
  void fill() {
    for (int i = 0; i < PATHS; i++) {
      Health health = i % 1000 == 7 ? Health.FAILING : i % 300 == 8 ? Health.DEFERRING : Health.OK;
      board.show(
          new PathView(
              Paths.path("path-%05d".formatted(i)),
              new PathHealth(health, "the relay says 451 4.3.2 later"),
              Instant.parse("2026-11-22T09:00:00Z"),
              Duration.ofMillis(300),
              Duration.ofMillis(600),
              Duration.ofMillis(900),
              1.0,
              2,
              Instant.parse("2026-11-22T09:59:00Z"),
              Instant.parse("2026-11-22T09:59:30Z"),
              List.of()));
    }
  }

  @AfterEach
  void close() {
    past.close();
    database.close();
  }

  @Test
  void aPageOfThemIsDrawnInTimeAndWeighsLittle() throws IOException {
    String page = "";
    long best = Long.MAX_VALUE;
    for (int i = 0; i < WARM; i++) {
      long began = System.nanoTime();
      page = draw(new Overview.Asked("", "", 1));
      best = Math.min(best, System.nanoTime() - began);
    }
    assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(100));
    assertThat(compressed(page)).isLessThan(60_000);
    assertThat(page).contains("10 of 10,000 paths fail.").contains("page 1 of 100");
    assertThat(page.split("<li id=\"p-", -1)).hasSize(101);
  }

  @Test
  void theWorstComeFirstAndTheRestIsFoundByTurningPages() {
    String first = draw(new Overview.Asked("", "", 1));
    assertThat(first.indexOf("p-path-00007\" class=\"row failing"))
        .isPositive()
        .isLessThan(first.indexOf("class=\"row deferring"));
    assertThat(first).contains("/?q=&amp;health=&amp;page=2");
    assertThat(draw(new Overview.Asked("", "", 100))).contains("p-path-09999");
    assertThat(draw(new Overview.Asked("", "", 999_999))).contains("page 100 of 100");
  }

  @Test
  void theyAreFoundByNameAndByHealth() {
    assertThat(draw(new Overview.Asked("path-0123", "", 1)).split("<li id=\"p-", -1)).hasSize(11);
    assertThat(draw(new Overview.Asked("", "failing", 1)).split("<li id=\"p-", -1)).hasSize(11);
    assertThat(draw(new Overview.Asked("nothing like it", "", 1)))
        .contains("None of 10000 paths fits");
  }

  private String draw(Overview.Asked asked) {
    Instant now = Instant.parse("2026-11-22T10:00:00Z");
    Map<String, Object> model = new HashMap<>(overview.page(asked, now).model());
    model.putAll(
        Map.of(
            "title",
            "Paths",
            "here",
            "paths",
            "clock",
            "10:00:00",
            "nowIso",
            "2026-11-22T10:00:00Z",
            "mayRead",
            true,
            "mayAct",
            true,
            "who",
            "",
            "inSession",
            false,
            "canLogIn",
            false,
            "assets",
            Map.of("css", "", "js", "", "svg", "")));
    model.putAll(Map.of("summary", "", "faulty", false));
    return templates.render("overview", model, now);
  }

  private static int compressed(String page) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(page.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.size();
  }
}
