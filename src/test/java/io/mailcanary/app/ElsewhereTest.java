package io.mailcanary.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Canaries;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.store.Database;
import io.mailcanary.store.DatabaseSettings;
import io.mailcanary.store.JournalEntry;
import io.mailcanary.store.LatestNews;
import io.mailcanary.store.SqlCanaryStore;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What another replica puts on record is known here, whenever it is found to be there.
class ElsewhereTest {
  private static final Instant T = Canaries.START;

  private final Database database = Database.open(new DatabaseSettings.InMemory());
  private final SqlCanaryStore other = new SqlCanaryStore(database, () -> T, "other");
  private final Set<CanaryId> told = new TreeSet<>();
  private boolean alone = true;
  private final Elsewhere elsewhere =
      new Elsewhere(new LatestNews(database), () -> alone, (canary, _) -> told.add(canary.id()));

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void whatComesBetweenTheStartAndTheFirstLookAtOthersIsTold() {
    writes(1);
    elsewhere.begin(T);
    writes(2);
    for (int second = 1; second < 12; second++) {
      elsewhere.lookNow(T.plusSeconds(second));
    }
    writes(3);
    assertThat(told).isEmpty();

    alone = false;
    elsewhere.lookNow(T.plusSeconds(12));

    assertThat(told).isEqualTo(canaries(2, 3));
  }

  @Test
  void whoWasAloneForLongHearsTheLastQuarterOfAMinuteAgain() {
    elsewhere.begin(T);
    for (int second = 1; second <= 60; second++) {
      writes(second);
      elsewhere.lookNow(T.plusSeconds(second));
    }
    alone = false;
    elsewhere.lookNow(T.plusSeconds(61));

    assertThat(told).containsAll(canaries(46, 60)).doesNotContainAnyElementsOf(canaries(1, 40));
  }

  @Test
  void whatComesOnRecordOutOfOrderIsToldLater() {
    alone = false;
    elsewhere.begin(T);
    for (int second = 1; second <= 30; second++) {
      writes(second);
      elsewhere.lookNow(T.plusSeconds(second));
    }
    assertThat(told).isEqualTo(canaries(1, 30));

    told.clear();
    elsewhere.lookNow(T.plusSeconds(31));

    assertThat(told)
        .as("of the last five seconds")
        .containsAll(canaries(26, 30))
        .doesNotContainAnyElementsOf(canaries(1, 20));
  }

  private void writes(int number) {
    Canary canary = Canaries.due();
    Canary another =
        Canary.due(
            Canaries.id(number),
            canary.path(),
            "",
            "",
            "tag%d@campus.example".formatted(number),
            canary.content(),
            canary.promise(),
            T);
    other.write(List.of(new JournalEntry(another, new CanaryEvent.Scheduled(T))));
  }

  private static Set<CanaryId> canaries(int first, int last) {
    return IntStream.rangeClosed(first, last)
        .mapToObj(Canaries::id)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
