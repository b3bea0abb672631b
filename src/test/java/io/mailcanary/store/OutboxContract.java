package io.mailcanary.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.incident.Incident;
import io.mailcanary.incident.IncidentKind;
import io.mailcanary.incident.IncidentState;
import io.mailcanary.incident.Match;
import io.mailcanary.incident.Notification.Event;
import io.mailcanary.incident.Silence;
import io.mailcanary.mail.Severity;
import io.mailcanary.notify.Alarms;
import io.mailcanary.store.IncidentEntry.Telling;
import io.mailcanary.store.IncidentEntry.Turn;
import io.mailcanary.store.IncidentStore.Told;
import io.mailcanary.store.Outbox.Claimed;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Incidents, the outbox and silences, on each database.
abstract class OutboxContract {
  private static final Instant T = Alarms.START;
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Turn ONCALL = new Turn(List.of("oncall"), List.of());

  @TempDir Path directory;

  private Database database;
  private IncidentStore incidents;
  private Outbox outbox;

  private final OnDatabase kind;

  OutboxContract(OnDatabase kind) {
    this.kind = kind;
  }

  @BeforeEach
  void open() {
    database = kind.open(directory);
    incidents = new SqlIncidentStore(database);
    outbox = new SqlOutbox(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private static Incident incident(String id) {
    return Alarms.incident(id, Severity.PAGE);
  }

  private boolean write(
      @Nullable Incident before, Incident incident, Event event, Instant at, Turn... turns) {
    return incidents.write(entry(before, incident, event, at, Optional.empty(), turns));
  }

  private static IncidentEntry entry(
      @Nullable Incident before,
      Incident incident,
      Event event,
      Instant at,
      Optional<String> mutedBy,
      Turn... turns) {
    return new IncidentEntry(
        before,
        incident,
        at,
        event.word(),
        "because",
        Optional.of(new Telling(Alarms.notification(event, incident), List.of(turns), mutedBy)));
  }

  private List<Claimed> claim(String owner, String channel, Instant now) {
    return outbox.claim(owner, channel, 10, now, LEASE);
  }

  private List<String> results(String id) {
    return incidents.told(id).stream()
        .map(told -> told.channel() + " " + told.event() + " " + told.result())
        .toList();
  }

  @Test
  void anIncidentComesBackAsItWas() {
    Incident opened = incident("i1");
    assertThat(write(null, opened, Event.OPENED, T, ONCALL)).isTrue();
    assertThat(incidents.find("i1")).contains(opened);
    assertThat(incidents.open()).containsExactly(opened);
    Incident resolved = Alarms.resolved(Alarms.acknowledged(opened));
    assertThat(write(opened, resolved, Event.RESOLVED, T.plusSeconds(600))).isTrue();
    assertThat(incidents.find("i1")).contains(resolved);
    assertThat(incidents.open()).isEmpty();
    assertThat(incidents.page(IncidentState.RESOLVED, null, 10)).containsExactly(resolved);
    assertThat(incidents.page(null, "i1", 10)).isEmpty();
    assertThat(incidents.steps("i1"))
        .containsExactly(
            new IncidentStep(T, "opened", "because"),
            new IncidentStep(T.plusSeconds(600), "resolved", "because"));
    assertThat(incidents.counts())
        .isEqualTo(Map.of(new IncidentStore.Count(Severity.PAGE, IncidentState.RESOLVED), 1L));
  }

  @Test
  void whoDecidesOnOldKnowledgeIsToldSoAndTellsNobody() {
    Incident opened = incident("i1");
    write(null, opened, Event.OPENED, T, ONCALL);
    assertThat(write(null, opened, Event.OPENED, T, ONCALL)).isFalse();
    Incident acknowledged = Alarms.acknowledged(opened);
    assertThat(write(opened, acknowledged, Event.ACKNOWLEDGED, T)).isTrue();
    assertThat(write(opened, Alarms.as(opened, Severity.WARN), Event.UPDATED, T, ONCALL)).isFalse();
    assertThat(incidents.find("i1")).contains(acknowledged);
    assertThat(results("i1"))
        .containsExactly("oncall opened waiting", "oncall acknowledged waiting");
  }

  @Test
  void aKeyThatIsOpenIsNotOpenedAgainButOneThatIsResolvedIs() {
    Incident opened = incident("i1");
    write(null, opened, Event.OPENED, T, ONCALL);
    Incident twin = withKey(incident("i2"), opened.dedupKey());
    assertThat(write(null, twin, Event.OPENED, T, ONCALL)).isFalse();
    assertThat(incidents.told("i2")).isEmpty();
    write(opened, Alarms.resolved(opened), Event.RESOLVED, T);
    assertThat(write(null, twin, Event.OPENED, T, ONCALL)).isTrue();
  }

  private static Incident withKey(Incident i, String key) {
    return new Incident(
        i.id(),
        key,
        i.state(),
        i.severity(),
        i.kind(),
        i.title(),
        i.paths(),
        i.share(),
        i.cause(),
        i.attribution(),
        i.changesBefore(),
        i.timeline(),
        i.advice(),
        i.runbooks(),
        i.openedAt(),
        null,
        null);
  }

  @Test
  void oneClaimsWhatIsDueAndNobodyElseGetsIt() {
    Incident opened = incident("i1");
    write(null, opened, Event.OPENED, T, ONCALL);
    assertThat(outbox.due(T)).containsExactly("oncall");
    assertThat(outbox.due(T.minusSeconds(1))).isEmpty();
    List<Claimed> claimed = claim("a", "oncall", T);
    assertThat(claimed)
        .singleElement()
        .satisfies(one -> {
          assertThat(one.notification()).isEqualTo(Alarms.notification(Event.OPENED, opened));
          assertThat(one.attempts()).isZero();
          assertThat(one.isRepeated()).isFalse();
          assertThat(one.madeAt()).isEqualTo(T);
        });
    assertThat(claim("b", "oncall", T.plusSeconds(29))).isEmpty();
    // The dead let go by themselves, and what they say afterwards no longer counts.
    List<Claimed> after = claim("b", "oncall", T.plusSeconds(30));
    assertThat(after).hasSize(1);
    outbox.failed("a", claimed.getFirst(), T, "late");
    assertThat(results("i1")).containsExactly("oncall opened waiting");
    outbox.sent("b", after.getFirst(), T, "202", Duration.ZERO, Optional.empty());
    assertThat(results("i1")).containsExactly("oncall opened sent");
    assertThat(claim("b", "oncall", T.plusSeconds(90))).isEmpty();
    assertThat(outbox.backlog()).isEmpty();
  }

  @Test
  void whoIsAliveHoldsOn() {
    write(null, incident("i1"), Event.OPENED, T, ONCALL);
    long seq = claim("a", "oncall", T).getFirst().seq();
    outbox.renew("a", Set.of(seq), T.plusSeconds(60));
    assertThat(claim("b", "oncall", T.plusSeconds(45))).isEmpty();
    outbox.renew("b", Set.of(seq), T.plusSeconds(600));
    assertThat(claim("b", "oncall", T.plusSeconds(61))).hasSize(1);
  }

  @Test
  void theLaterWaitsForTheEarlierOfTheSameIncidentAlone() {
    Incident opened = incident("i1");
    write(null, opened, Event.OPENED, T, ONCALL);
    write(opened, Alarms.resolved(opened), Event.RESOLVED, T.plusSeconds(5));
    write(null, incident("i2"), Event.OPENED, T.plusSeconds(6), ONCALL);
    List<Claimed> first = claim("a", "oncall", T.plusSeconds(10));
    assertThat(first)
        .extracting(one -> one.notification().incident().id())
        .containsExactly("i1", "i2");
    assertThat(first.getFirst().notification().event()).isEqualTo(Event.OPENED);
    outbox.later("a", first.getFirst(), T.plusSeconds(60), "503");
    assertThat(claim("a", "oncall", T.plusSeconds(20))).isEmpty();
    assertThat(outbox.backlog())
        .hasValueSatisfying(backlog -> {
          assertThat(backlog.waiting()).isEqualTo(3);
          assertThat(backlog.oldest()).isEqualTo(T);
          assertThat(backlog.words()).isEqualTo("503");
        });
    List<Claimed> again = claim("a", "oncall", T.plusSeconds(60));
    assertThat(again.getFirst().attempts()).isEqualTo(1);
    outbox.sent("a", again.getFirst(), T, "202", Duration.ZERO, Optional.empty());
    assertThat(claim("a", "oncall", T.plusSeconds(60)))
        .extracting(one -> one.notification().event())
        .containsExactly(Event.RESOLVED);
  }

  @Test
  void manyWhoClaimAtOnceShareTheWork() throws Exception {
    int count = 40;
    for (int i = 0; i < count; i++) {
      write(null, incident("i" + i), Event.OPENED, T, ONCALL);
    }
    List<Callable<List<Long>>> claimants = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String owner = "owner" + i;
      claimants.add(() -> {
        List<Long> got = new ArrayList<>();
        for (int turn = 0; turn < 30; turn++) {
          outbox.claim(owner, "oncall", 3, T, LEASE).forEach(one -> got.add(one.seq()));
        }
        return got;
      });
    }
    List<Long> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<List<Long>> got : threads.invokeAll(claimants)) {
        all.addAll(got.get());
      }
    }
    assertThat(all).hasSize(count).doesNotHaveDuplicates();
  }

  @Test
  void theOthersAreToldOnceAllOfARouteFailed() {
    Turn turn = new Turn(List.of("oncall", "am"), List.of("letters"));
    write(null, incident("i1"), Event.OPENED, T, turn);
    outbox.failed("a", claim("a", "oncall", T).getFirst(), T, "401");
    assertThat(outbox.fallBack(T.minusSeconds(1), T)).isEmpty();
    // The other one says nothing for too long.
    assertThat(outbox.fallBack(T, T.plusSeconds(120))).containsExactly("letters");
    assertThat(outbox.fallBack(T, T.plusSeconds(120))).isEmpty();
    assertThat(results("i1"))
        .containsExactly("oncall opened failed", "am opened waiting", "letters opened waiting");
    assertThat(claim("a", "letters", T.plusSeconds(120))).hasSize(1);
  }

  @Test
  void aResolutionReachesAllWhoWereToldAndNobodyElse() {
    Turn turn = new Turn(List.of("oncall"), List.of("letters"));
    Incident opened = incident("i1");
    write(null, opened, Event.OPENED, T, turn);
    outbox.failed("a", claim("a", "oncall", T).getFirst(), T, "401");
    outbox.fallBack(T.minusSeconds(1), T);
    Incident resolved = Alarms.resolved(opened);
    incidents.write(
        entry(
            opened,
            resolved,
            Event.RESOLVED,
            T.plusSeconds(9),
            Optional.of("a silence"),
            new Turn(List.of("chat"), List.of())));
    assertThat(results("i1"))
        .containsExactly(
            "oncall opened failed",
            "letters opened waiting",
            "letters resolved waiting",
            "oncall resolved waiting",
            "chat resolved muted");
  }

  @Test
  void whatIsMutedIsOnRecordAndIsNeverSent() {
    Incident opened = incident("i1");
    incidents.write(
        entry(null, opened, Event.OPENED, T, Optional.of("migration until 23:00"), ONCALL));
    assertThat(outbox.due(T.plusSeconds(60))).isEmpty();
    assertThat(incidents.told("i1"))
        .extracting(Told::result, Told::words)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("muted", "migration until 23:00"));
    write(opened, Alarms.resolved(opened), Event.RESOLVED, T, ONCALL);
    assertThat(results("i1")).containsExactly("oncall opened muted");
  }

  @Test
  void whatStandsIsSaidAgainUntilSomethingNewIs() {
    Duration minute = Duration.ofMinutes(1);
    Incident opened = incident("i1");
    write(null, opened, Event.OPENED, T, new Turn(List.of("am"), List.of()));
    outbox.sent("a", claim("a", "am", T).getFirst(), T, "200", minute, Optional.empty());
    assertThat(claim("a", "am", T.plusSeconds(59))).isEmpty();
    Claimed again = claim("a", "am", T.plusSeconds(60)).getFirst();
    assertThat(again.isRepeated()).isTrue();
    // It is on its way while the incident is resolved: the resolution waits, and wins.
    Incident resolved = Alarms.resolved(opened);
    write(opened, resolved, Event.RESOLVED, T.plusSeconds(61));
    assertThat(claim("b", "am", T.plusSeconds(62))).isEmpty();
    outbox.sent("a", again, T.plusSeconds(63), "200", minute, Optional.empty());
    Claimed last = claim("b", "am", T.plusSeconds(64)).getFirst();
    assertThat(last.notification().event()).isEqualTo(Event.RESOLVED);
    Instant end = T.plusSeconds(64 + 150);
    outbox.sent("b", last, T.plusSeconds(64), "200", minute, Optional.of(end));
    last = claim("b", "am", T.plusSeconds(124)).getFirst();
    assertThat(last.until()).contains(end);
    outbox.sent("b", last, T.plusSeconds(124), "200", minute, Optional.of(T.plusSeconds(9999)));
    last = claim("b", "am", T.plusSeconds(184)).getFirst();
    outbox.sent("b", last, T.plusSeconds(184), "200", minute, Optional.of(end));
    assertThat(claim("b", "am", T.plusSeconds(9999))).isEmpty();
    assertThat(results("i1")).containsExactly("am opened sent", "am resolved sent");
  }

  @Test
  void aChannelIsTalkedToOfWhatItWasToldBefore() {
    Incident opened = Alarms.incident("i1", Severity.WARN);
    write(null, opened, Event.OPENED, T, ONCALL);
    Incident worse = Alarms.as(opened, Severity.PAGE);
    write(opened, worse, Event.UPDATED, T, ONCALL, new Turn(List.of("other"), List.of()));
    Claimed first = claim("a", "oncall", T).getFirst();
    assertThat(first.formerly()).isEmpty();
    outbox.sent("a", first, T, "202", Duration.ZERO, Optional.empty());
    assertThat(claim("a", "oncall", T).getFirst().formerly()).containsExactly(Severity.WARN);
    assertThat(claim("a", "other", T).getFirst().formerly()).isEmpty();
  }

  @Test
  void aChannelThatIsGoneFailsWithWords() {
    write(null, incident("i1"), Event.OPENED, T, ONCALL, new Turn(List.of("gone"), List.of()));
    assertThat(outbox.forget(Set.of("oncall"), T)).isEqualTo(1);
    assertThat(results("i1")).containsExactly("oncall opened waiting", "gone opened failed");
  }

  @Test
  void afterAReleaseAllIsThereToBeClaimed() {
    write(null, incident("i1"), Event.OPENED, T, ONCALL);
    claim("a", "oncall", T);
    outbox.release();
    assertThat(claim("b", "oncall", T)).hasSize(1);
  }

  @Test
  void silencesComeBackUntilTheyAreOver() {
    Match match =
        new Match(
            Optional.of(Severity.WARN),
            Optional.of(IncidentKind.SLOW),
            Optional.empty(),
            Optional.of("undergraduate"),
            Map.of("site", "north"));
    Silence silence = new Silence("s1", match, T, T.plusSeconds(60), "migration", "grafana");
    incidents.put(silence);
    assertThat(incidents.silences(T.plusSeconds(59))).containsExactly(silence);
    assertThat(incidents.silences(T.plusSeconds(60))).isEmpty();
    assertThat(incidents.removeSilence("s1")).isTrue();
    assertThat(incidents.removeSilence("s1")).isFalse();
    assertThat(incidents.silences(T)).isEmpty();
  }

  @Test
  void whatIsOldEnoughGoesWithAllThatBelongsToIt() {
    Incident opened = incident("i1");
    write(null, opened, Event.OPENED, T, ONCALL);
    write(opened, Alarms.resolved(opened), Event.RESOLVED, T);
    write(null, incident("i2"), Event.OPENED, T, ONCALL);
    incidents.tidy(T.plusSeconds(600), Duration.ofSeconds(1));
    assertThat(incidents.find("i1")).isPresent();
    incidents.tidy(T.plusSeconds(602), Duration.ofSeconds(1));
    assertThat(new HashSet<>(incidents.page(null, null, 10)))
        .extracting(Incident::id)
        .containsExactly("i2");
    assertThat(incidents.told("i1")).isEmpty();
    assertThat(incidents.steps("i1")).isEmpty();
  }
}
