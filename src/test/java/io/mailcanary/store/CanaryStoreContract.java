package io.mailcanary.store;

import static io.mailcanary.store.SomeCanaries.accepted;
import static io.mailcanary.store.SomeCanaries.arrival;
import static io.mailcanary.store.SomeCanaries.delivered;
import static io.mailcanary.store.SomeCanaries.ended;
import static io.mailcanary.store.SomeCanaries.refusedForNow;
import static io.mailcanary.store.SomeCanaries.scheduled;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Arrival;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryLifecycle;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.canary.Sight;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What every store does, on whatever database.
abstract class CanaryStoreContract {
  private static final Instant HOUR = Instant.parse("2026-11-21T10:00:00Z");
  private static final Duration FOREVER = Duration.ofDays(4_000);

  private final OnDatabase kind;
  private final SomeCanaries some = new SomeCanaries(4711);
  private Database database;
  private CanaryStore store;

  CanaryStoreContract(OnDatabase kind) {
    this.kind = kind;
  }

  @BeforeEach
  void open(@TempDir Path directory) {
    database = kind.open(directory);
    store = new SqlCanaryStore(database, InstantSource.fixed(HOUR));
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void whatWasWrittenIsReadBackTheSame() {
    List<Canary> canaries = IntStream.range(0, 300).mapToObj(_ -> some.any(HOUR)).toList();
    store.write(
        canaries.stream()
            .map(canary -> new JournalEntry(canary, new CanaryEvent.Scheduled(HOUR)))
            .toList());
    assertThat(canaries).allSatisfy(canary -> assertThat(store.find(canary.id())).contains(canary));
  }

  @Test
  void aStateReplacesWhatWasKnownWhateverItWas() {
    List<Canary> canaries =
        IntStream.range(0, 100).mapToObj(_ -> some.due("campus", HOUR)).toList();
    store.write(canaries.stream().map(SomeCanaries::scheduled).toList());
    for (int turn = 0; turn < 3; turn++) {
      List<JournalEntry> changes =
          canaries.stream()
              .map(canary -> ended(canary, some.state(HOUR), HOUR.plusSeconds(60)))
              .toList();
      store.write(changes);
      assertThat(changes)
          .allSatisfy(
              change -> assertThat(store.find(change.canary().id())).contains(change.canary()));
    }
  }

  @Test
  void theLatestEntryOfACanaryInABatchHolds() {
    Canary canary = some.due("campus", HOUR);
    JournalEntry last = delivered(canary, Duration.ofMillis(1234));
    store.write(List.of(scheduled(canary), accepted(canary, HOUR.plusMillis(5)), last));
    assertThat(store.find(canary.id())).contains(last.canary());
    assertThat(store.events(canary.id()))
        .extracting(StoredEvent::kind)
        .containsExactly("scheduled", "accepted", "sighted");
  }

  @Test
  void aChangeToACanaryThatIsNotOnRecordPutsItThere() {
    JournalEntry entry = delivered(some.due("campus", HOUR), Duration.ofSeconds(1));
    store.write(List.of(entry));
    assertThat(store.find(entry.canary().id())).contains(entry.canary());
  }

  @Test
  void theSameBatchAgainAddsNothing() {
    Canary canary = some.due("campus", HOUR);
    List<JournalEntry> batch =
        List.of(
            scheduled(canary),
            accepted(canary, HOUR.plusMillis(5)),
            delivered(canary, Duration.ofSeconds(1)));
    store.write(batch);
    List<StoredEvent> events = store.events(canary.id());
    store.write(batch);
    assertThat(store.events(canary.id())).hasSize(3).isEqualTo(events);
    assertThat(store.page("campus", null, null, 10)).hasSize(1);
  }

  @Test
  void aMessageInItsPlaceIsSightedOnce() {
    Canary canary = some.due("campus", HOUR);
    store.write(List.of(scheduled(canary)));
    for (String uid : List.of("7.1", "7.2", "7.1")) {
      Instant at = HOUR.plusNanos(uid.hashCode());
      store.write(
          List.of(
              new JournalEntry(
                  canary, new CanaryEvent.Sighted(at, arrival(at, uid), false, List.of()))));
    }
    assertThat(store.events(canary.id()))
        .filteredOn(event -> event.kind().equals("sighted"))
        .extracting(event -> event.detail().get("uid"))
        .containsExactly("7.1", "7.2");
  }

  @Test
  void evidenceIsKeptWordForWord() {
    Canary canary = some.due("campus", HOUR);
    store.write(List.of(accepted(canary, HOUR.plusMillis(5))));
    assertThat(store.events(canary.id()).getFirst())
        .isEqualTo(
            new StoredEvent(
                HOUR.plusMillis(5),
                "accepted",
                Map.ofEntries(
                    Map.entry("startedAt", "2026-11-21T10:00:00.005Z"),
                    Map.entry("stage", "end-of-data"),
                    Map.entry("code", 250),
                    Map.entry("enhanced", "2.0.0"),
                    Map.entry("text", "2.0.0 Ok: queued as ABC123"),
                    Map.entry("queueId", "ABC123"),
                    Map.entry("host", "mx.example:25"),
                    Map.entry("peer", "127.0.0.1:25"),
                    Map.entry("tlsVersion", "TLSv1.3"),
                    Map.entry("tlsCipher", "TLS_AES_256_GCM_SHA384"),
                    Map.entry("reused", true),
                    Map.entry("times", Map.of("connect", 3.0, "end-of-data", 2.0)))));
  }

  @Test
  void anyEventCanBeStoredAndItsDetailIsReadBack() {
    Canary canary = some.due("campus", HOUR);
    List<CanaryEvent> events = IntStream.range(0, 500).mapToObj(_ -> some.event(HOUR)).toList();
    for (CanaryEvent event : events) {
      store.write(List.of(new JournalEntry(canary, event)));
      String detail = EventDetail.text(event);
      assertThat(store.events(canary.id()))
          .anySatisfy(stored -> {
            assertThat(stored.kind()).isEqualTo(event.kind());
            assertThat(EventDetail.text(stored.detail())).isEqualTo(detail);
          });
      clear(canary);
    }
  }

  @Test
  void textThatNoDatabaseTakesIsMadeStorable() {
    Instant at = HOUR.plusSeconds(1);
    String hostile = "a\0b\ud800c" + "y".repeat(2_000_000);
    Canary canary = some.due("campus", HOUR);
    Canary seen =
        ended(canary, new CanaryState.Delivered(), arrival(at, hostile), Duration.ofSeconds(1));
    store.write(
        List.of(
            new JournalEntry(
                seen, new CanaryEvent.Sighted(at, arrival(at, hostile), false, List.of()))));
    assertThat(arrivalOf(canary).uid())
        .startsWith("a\ufffdb\ufffdcyyy")
        .hasSize(Binder.LONGEST_TEXT);
    assertThat(store.events(canary.id()).getFirst().detail().get("uid"))
        .asString()
        .startsWith("a\0b\ud800cyyy")
        .hasSize(Binder.LONGEST_TEXT);
  }

  @Test
  void instantsThatNoClockShowsAreCutOff() {
    Canary canary = some.due("campus", HOUR);
    store.write(List.of(delivered(canary, Duration.ofSeconds(Long.MAX_VALUE / 1_000_000))));
    assertThat(arrivalOf(canary).at()).isAfter(Instant.parse("2262-01-01T00:00:00Z"));
  }

  @Test
  void pagesGoFromTheNewestToTheOldest() {
    List<Canary> canaries = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      canaries.add(some.due("campus", HOUR.plusSeconds(i)));
      store.write(List.of(scheduled(some.due("elsewhere", HOUR.plusSeconds(i)))));
    }
    List<JournalEntry> entries =
        new ArrayList<>(canaries.stream().map(SomeCanaries::scheduled).toList());
    Collections.shuffle(entries, new Random(1));
    store.write(entries);
    List<Canary> newestFirst = canaries.reversed();
    assertThat(store.page("campus", null, null, 10)).isEqualTo(newestFirst.subList(0, 10));
    assertThat(store.page("campus", null, newestFirst.get(9).id(), 10))
        .isEqualTo(newestFirst.subList(10, 20));
    assertThat(store.page("campus", null, newestFirst.get(19).id(), 10))
        .isEqualTo(newestFirst.subList(20, 25));
    assertThat(store.page("nowhere", null, null, 10)).isEmpty();
  }

  @Test
  void aPageOfOneStateHasNoOther() {
    for (int i = 0; i < 20; i++) {
      Canary canary = some.due("campus", HOUR.plusSeconds(i));
      store.write(
          List.of(
              i % 5 == 0
                  ? ended(canary, new CanaryState.Lost(), HOUR.plusSeconds(i))
                  : delivered(canary, Duration.ofSeconds(1))));
    }
    assertThat(store.page("campus", "lost", null, 3))
        .hasSize(3)
        .allSatisfy(canary -> assertThat(canary.state()).isEqualTo(new CanaryState.Lost()));
  }

  @Test
  void openCanariesAreThoseThatAreNotSettled() {
    List<JournalEntry> entries =
        IntStream.range(0, 200)
            .mapToObj(i -> some.due("campus", HOUR.plusSeconds(i)))
            .map(canary -> ended(canary, some.state(HOUR), HOUR))
            .toList();
    store.write(entries);
    assertThat(store.open())
        .isEqualTo(
            entries.stream()
                .map(JournalEntry::canary)
                .filter(canary -> !canary.state().isSettled())
                .toList());
  }

  private CanaryStore replica(String mark) {
    return new SqlCanaryStore(database, InstantSource.fixed(HOUR), mark);
  }

  private Canary onRecord(Canary canary) {
    return store.find(canary.id()).orElseThrow();
  }

  private static JournalEntry next(Canary canary, CanaryEvent event) {
    return new JournalEntry(CanaryLifecycle.next(canary, event), event);
  }

  private JournalEntry deferred(CanaryStore by, Canary canary) {
    assertThat(by.write(List.of(scheduled(canary)))).isEqualTo(Differences.NONE);
    JournalEntry entry = refusedForNow(canary, HOUR.plusSeconds(1));
    assertThat(by.write(List.of(entry))).isEqualTo(Differences.NONE);
    return entry;
  }

  private static JournalEntry begun(Canary canary, Instant at) {
    return next(canary, new CanaryEvent.AttemptStarted(at));
  }

  @Test
  void whatTwoReplicasLearnOfACanaryIsJoined() {
    CanaryStore sender = replica("aaaaaaaa");
    CanaryStore other = replica("bbbbbbbb");
    Canary canary = some.due("campus", HOUR);
    assertThat(sender.write(List.of(scheduled(canary)))).isEqualTo(Differences.NONE);
    Arrival arrival = arrival(HOUR.plusMillis(700), "7.1");
    CanaryEvent sighted = new CanaryEvent.Sighted(HOUR.plusMillis(700), arrival, false, List.of());

    Differences seen = other.write(List.of(next(onRecord(canary), sighted)));
    Differences sent = sender.write(List.of(accepted(canary, HOUR.plusMillis(500))));

    assertThat(seen.canaries()).extracting(Canary::copies).containsExactly(1);
    assertThat(sent.canaries()).containsExactly(onRecord(canary));
    assertThat(onRecord(canary).state()).isEqualTo(new CanaryState.Delivered());
    assertThat(onRecord(canary).sentAt()).isEqualTo(HOUR.plusMillis(500));
    assertThat(onRecord(canary).attempts()).isEqualTo(1);
    assertThat(onRecord(canary).latency()).isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void whatBothSeeIsSeenOnceAndWhatBothConcludeIsConcludedOnce() {
    CanaryStore one = replica("aaaaaaaa");
    CanaryStore two = replica("bbbbbbbb");
    Canary canary = some.due("campus", HOUR);
    JournalEntry sent = accepted(canary, HOUR.plusMillis(5));
    var _ = one.write(List.of(scheduled(canary), sent));
    CanaryEvent late = new CanaryEvent.Checked(HOUR.plusSeconds(400), Sight.CLEAR);
    CanaryEvent later = new CanaryEvent.Checked(HOUR.plusSeconds(401), Sight.CLEAR);
    var _ = two.write(List.of(next(sent.canary(), late)));
    var _ = one.write(List.of(next(sent.canary(), later)));
    for (String uid : List.of("7.1", "7.2")) {
      CanaryEvent sighted =
          new CanaryEvent.Sighted(
              HOUR.plusSeconds(410), arrival(HOUR.plusSeconds(409), uid), false, List.of());
      for (CanaryStore each : List.of(one, two)) {
        var _ = each.write(List.of(next(onRecord(canary), sighted)));
      }
    }
    assertThat(onRecord(canary).copies()).isEqualTo(2);
    assertThat(store.events(canary.id()))
        .extracting(StoredEvent::kind)
        .containsExactly("scheduled", "accepted", "checked", "sighted", "sighted");
  }

  @Test
  void aCanaryThatWasTakenOverIsTriedByTheNewOwnerAloneAndOnceAtATime() {
    CanaryStore dead = replica("aaaaaaaa");
    CanaryStore heir = replica("bbbbbbbb");
    CanaryStore third = replica("cccccccc");
    Canary canary = deferred(dead, some.due("campus", HOUR)).canary();
    assertThat(dead.isOurs(canary.id())).isTrue();

    assertThat(heir.takeOver("", Set.of("aaaaaaaa"), true, 10)).as("it lives").isEmpty();
    assertThat(heir.takeOver("", Set.of("cccccccc"), true, 10)).containsExactly(canary);
    assertThat(third.takeOver("", Set.of("bbbbbbbb"), true, 10)).as("once").isEmpty();

    assertThat(dead.isOurs(canary.id())).isFalse();
    assertThat(dead.ours()).isEmpty();
    assertThat(heir.ours()).containsExactly(canary.id());
    Set<CanaryId> it = Set.of(canary.id());
    Instant due = HOUR.plusSeconds(6);
    assertThat(dead.write(List.of(begun(canary, due))).refused()).as("it woke").isEqualTo(it);
    assertThat(heir.write(List.of(begun(canary, due.plusMillis(1)))).refused()).isEmpty();
    assertThat(onRecord(canary).attempts()).isEqualTo(2);
    assertThat(heir.write(List.of(begun(canary, due.plusMillis(2)))).refused()).isEqualTo(it);
    assertThat(onRecord(canary).attempts()).isEqualTo(2);
  }

  @Test
  void onlyOpenCanariesOfTheSiteAreTakenOverAndUnownedOnesWhenNobodyElseMayHaveThem() {
    CanaryStore dead = replica("aaaaaaaa");
    CanaryStore heir = replica("bbbbbbbb");
    Canary open = some.due("campus", HOUR);
    var _ =
        dead.write(
            List.of(scheduled(open), delivered(some.due("campus", HOUR), Duration.ofSeconds(1))));
    Canary unowned = some.due("campus", HOUR.plusSeconds(1));
    var _ = dead.write(List.of(scheduled(unowned)));
    disown(unowned);

    assertThat(heir.takeOver("north", Set.of(), true, 10)).isEmpty();
    assertThat(heir.takeOver("", Set.of("aaaaaaaa"), false, 10)).isEmpty();
    assertThat(heir.takeOver("", Set.of(), false, 10)).containsExactly(open);
    assertThat(heir.takeOver("", Set.of(), true, 10)).containsExactly(unowned);
  }

  @Test
  void whereNobodyElseWritesAllIsOursWhoeverMadeIt() {
    Canary canary = deferred(store, some.due("campus", HOUR)).canary();
    disown(canary);
    assertThat(store.isOurs(canary.id())).isTrue();
    assertThat(store.write(List.of(begun(canary, HOUR.plusSeconds(6)))).refused()).isEmpty();
    assertThat(onRecord(canary).attempts()).isEqualTo(2);
  }

  /// As a version before this one left it.
  private void disown(Canary canary) {
    int changed =
        database.transaction(
            "test",
            connection ->
                Sql.run(
                    connection,
                    "UPDATE canary SET owner = NULL WHERE id = ?",
                    binder -> binder.plain(canary.id().value())));
    assertThat(changed).isEqualTo(1);
  }

  @Test
  void theNewestOfEachPathAreOldestFirst() {
    List<Canary> expected = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      for (String path : List.of("a", "b", "c")) {
        Canary canary = some.due(path, HOUR.plusSeconds(i * 60L + path.charAt(0)));
        store.write(List.of(scheduled(canary)));
        if (i >= 7 && !path.equals("c")) {
          expected.add(canary);
        }
      }
    }
    Instant since = HOUR.plusSeconds(3);
    assertThat(store.recent(since, 3).stream().filter(c -> !c.path().equals("c")))
        .containsExactlyElementsOf(expected);
    assertThat(store.recent(HOUR.plusSeconds(9 * 60 + 'b'), 3))
        .extracting(Canary::path)
        .containsExactly("b", "c");
  }

  @Test
  void aPauseHoldsUntilItIsOver() {
    store.pause("campus", HOUR);
    store.pause("campus", HOUR.plusSeconds(60));
    store.pause("other", HOUR.plusSeconds(5));
    assertThat(store.paused()).isEqualTo(Map.of("campus", HOUR, "other", HOUR.plusSeconds(5)));
    store.resume("campus");
    store.resume("campus");
    assertThat(store.paused()).isEqualTo(Map.of("other", HOUR.plusSeconds(5)));
  }

  @Test
  void anHourCountsWhatNeverArrivedAsSlowerThanAll() {
    List<JournalEntry> entries = new ArrayList<>();
    for (int i = 1; i <= 80; i++) {
      entries.add(delivered(some.due("campus", HOUR.plusSeconds(i)), Duration.ofMillis(i * 10L)));
    }
    for (int i = 1; i <= 20; i++) {
      Canary canary = some.due("campus", HOUR.plusSeconds(100 + i));
      entries.add(ended(canary, new CanaryState.Lost(), HOUR));
    }
    Canary unseen = some.due("campus", HOUR.plusSeconds(200));
    entries.add(ended(unseen, new CanaryState.Unobservable(), HOUR));
    store.write(entries);

    HourlyFigures live = onlyHour("campus");
    assertThat(live.states()).isEqualTo(Map.of("delivered", 80L, "lost", 20L, "unobservable", 1L));
    assertThat(live.p50()).isBetween(Duration.ofMillis(495), Duration.ofMillis(505));
    assertThat(live.p90()).isNull();
    assertThat(live.p99()).isNull();

    store.tidy(HOUR.plus(Duration.ofHours(2)), FOREVER, FOREVER);
    assertThat(onlyHour("campus")).isEqualTo(live);
  }

  @Test
  void aLateArrivalChangesAnHourThatWasAddedUp() {
    Canary canary = some.due("campus", HOUR.plusSeconds(1));
    store.write(List.of(ended(canary, new CanaryState.Lost(), HOUR.plusSeconds(2))));
    store.tidy(HOUR.plus(Duration.ofHours(30)), FOREVER, FOREVER);
    assertThat(onlyHour("campus").states()).isEqualTo(Map.of("lost", 1L));

    JournalEntry late = delivered(canary, Duration.ofHours(31));
    store.write(List.of(late));
    HourlyFigures live = onlyHour("campus");
    assertThat(live.states()).isEqualTo(Map.of("delivered", 1L));
    store.tidy(HOUR.plus(Duration.ofHours(32)), FOREVER, FOREVER);
    assertThat(onlyHour("campus")).isEqualTo(live);
  }

  @Test
  void figuresOutliveTheirCanaries() {
    List<HourlyFigures> before = twoDays();
    Instant later = HOUR.plus(Duration.ofDays(20));
    store.tidy(later, Duration.ofDays(14), FOREVER);
    assertThat(store.page("campus", null, null, 10)).isEmpty();
    assertThat(store.hourly("campus", HOUR, later)).isEqualTo(before).hasSize(48);
    store.tidy(later, Duration.ofDays(14), Duration.ofDays(19));
    assertThat(store.hourly("campus", HOUR, later)).isEqualTo(before.subList(24, 48));
  }

  @Test
  void canariesStayForTenDaysWhateverTheSetting() {
    twoDays();
    store.tidy(HOUR.plus(Duration.ofDays(10)), Duration.ofDays(1), FOREVER);
    assertThat(store.page("campus", null, null, 1000)).hasSize(48 * 3);
  }

  @Test
  void canariesStayForTenDaysAfterTheyWereGivenUp() {
    twoDays();
    // Lost after a day each: those of the first day were given up over ten days ago.
    store.tidy(HOUR.plus(Duration.ofDays(12)), Duration.ofDays(1), FOREVER);
    List<Canary> left = store.page("campus", null, null, 1000);
    assertThat(left).hasSize(24 * 3);
    assertThat(left.getLast().scheduledAt()).isEqualTo(HOUR.plus(Duration.ofDays(1)));
    assertThat(store.events(left.getLast().id())).hasSize(2);
  }

  @Test
  void anHourWithAnUnsettledCanaryStaysWholeForItsPath() {
    Canary stuck = some.due("campus", HOUR.plusSeconds(1));
    store.write(
        List.of(
            scheduled(stuck),
            delivered(some.due("campus", HOUR.plusSeconds(2)), Duration.ofSeconds(1)),
            delivered(some.due("other", HOUR.plusSeconds(2)), Duration.ofSeconds(1))));
    store.tidy(HOUR.plus(Duration.ofDays(40)), Duration.ofDays(14), FOREVER);
    assertThat(store.page("campus", null, null, 10)).hasSize(2);
    assertThat(store.page("other", null, null, 10)).isEmpty();
    assertThat(store.open()).containsExactly(stuck);

    Instant end = HOUR.plus(Duration.ofDays(40));
    store.write(List.of(ended(stuck, new CanaryState.Lost(), end)));
    store.tidy(end.plusSeconds(1), Duration.ofDays(14), FOREVER);
    assertThat(store.page("campus", null, null, 10)).isEmpty();
    assertThat(onlyHour("campus").states()).isEqualTo(Map.of("delivered", 1L, "lost", 1L));
  }

  @Test
  void eventsGoWithTheirCanary() {
    Canary canary = some.due("campus", HOUR);
    store.write(List.of(scheduled(canary), delivered(canary, Duration.ofSeconds(1))));
    store.tidy(HOUR.plus(Duration.ofDays(40)), Duration.ofDays(14), FOREVER);
    assertThat(store.find(canary.id())).isEmpty();
    assertThat(store.events(canary.id())).isEmpty();
  }

  @Test
  void quartzHasItsTables() {
    Integer jobs =
        database.transaction(
            "test",
            connection -> {
              try (var row =
                  connection
                      .createStatement()
                      .executeQuery("SELECT COUNT(*) FROM QRTZ_JOB_DETAILS")) {
                row.next();
                return row.getInt(1);
              }
            });
    assertThat(jobs).isZero();
  }

  /// Three canaries an hour for two days, every third of them lost.
  private List<HourlyFigures> twoDays() {
    List<JournalEntry> entries = new ArrayList<>();
    for (int i = 0; i < 48 * 3; i++) {
      Canary canary = some.due("campus", HOUR.plus(Duration.ofMinutes(20L * i)));
      entries.add(scheduled(canary));
      entries.add(
          i % 3 == 0
              ? ended(canary, new CanaryState.Lost(), canary.scheduledAt())
              : delivered(canary, Duration.ofMillis(100L + i)));
    }
    store.write(entries);
    return store.hourly("campus", HOUR, HOUR.plus(Duration.ofDays(2)));
  }

  private HourlyFigures onlyHour(String path) {
    List<HourlyFigures> hours = store.hourly(path, HOUR, HOUR.plus(Duration.ofDays(50)));
    assertThat(hours).hasSize(1);
    return hours.getFirst();
  }

  private Arrival arrivalOf(Canary canary) {
    return Objects.requireNonNull(store.find(canary.id()).orElseThrow().arrival());
  }

  private void clear(Canary canary) {
    database.transaction(
        "test",
        connection ->
            connection
                .createStatement()
                .executeUpdate("DELETE FROM canary_event WHERE canary = '" + canary.id() + "'"));
  }

  @Test
  void idsBeforeAnyRandomPartBelongToTheirHour() {
    Canary first =
        Canary.due(
            CanaryId.floor(HOUR),
            "campus",
            "",
            "",
            "first@campus.example",
            some.due("x", HOUR).content(),
            SomeCanaries.PROMISE,
            HOUR);
    store.write(List.of(delivered(first, Duration.ofMillis(3))));
    store.tidy(HOUR.plus(Duration.ofHours(2)), FOREVER, FOREVER);
    assertThat(onlyHour("campus").states()).isEqualTo(Map.of("delivered", 1L));
  }
}
