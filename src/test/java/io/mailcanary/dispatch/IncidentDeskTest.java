package io.mailcanary.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.incident.Attribution;
import io.mailcanary.incident.ChangeBefore;
import io.mailcanary.incident.Incident;
import io.mailcanary.incident.IncidentState;
import io.mailcanary.incident.Match;
import io.mailcanary.incident.Silence;
import io.mailcanary.incident.TimelineEntry;
import io.mailcanary.mail.Severity;
import io.mailcanary.store.DatabaseSettings;
import io.mailcanary.store.OnDatabase;
import io.mailcanary.verdict.Change;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The desk on a real store: nothing is forgotten at a restart, and several replicas judge as one.
@Timeout(120)
class IncidentDeskTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path folder;

  private final Instant start = Instant.now().minusSeconds(1800).truncatedTo(ChronoUnit.MILLIS);

  private Instant minute(int number) {
    return start.plusSeconds(60L * number);
  }

  private static Incident open(Replica replica) {
    await().atMost(SOON).until(() -> replica.incidents.open().size() == 1);
    return replica.incidents.open().getFirst();
  }

  private static Incident awaitState(Replica replica, Incident incident, IncidentState state) {
    await()
        .atMost(SOON)
        .until(() -> replica.incidents.find(incident.id()).orElseThrow().state() == state);
    return replica.incidents.find(incident.id()).orElseThrow();
  }

  private void marker(Replica replica, Instant at) {
    replica.watched.put(
        new Change(
            "01marker",
            Change.Kind.MARKER,
            Severity.INFO,
            at,
            at,
            "",
            "",
            "certificate ordered",
            "web team",
            List.of(),
            List.of(),
            List.of()));
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_FILE", "POSTGRES"})
  void anIncidentOutlivesARestartAndEndsOnce(OnDatabase kind) {
    DatabaseSettings settings = kind.settings(folder);
    Incident opened;
    try (Replica first = new Replica(settings, true)) {
      first.alone.set(true);
      first.delivered(minute(0));
      first.refused(minute(1));
      first.refused(minute(2));
      opened = open(first);
      assertThat(opened.title()).contains("sender domain campus.example").contains("450 4.1.8");
      assertThat(opened.severity()).isEqualTo(Severity.PAGE);
      assertThat(opened.attribution().side()).isEqualTo(Attribution.Side.OURS);
      assertThat(opened.timeline().getFirst().evidence())
          .anyMatch(line -> line.contains("mx.hosted.example:25 at rcpt: " + Replica.REFUSAL));
      assertThat(opened.changesBefore()).isEmpty();
      marker(first, minute(1).minusSeconds(30));
    }
    try (Replica again = new Replica(settings, true)) {
      again.alone.set(true);
      again.refused(minute(3));
      await()
          .atMost(SOON)
          .until(() -> !again.incidents.find(opened.id()).orElseThrow().changesBefore().isEmpty());
      Incident goesOn = open(again);
      assertThat(goesOn.id()).isEqualTo(opened.id());
      assertThat(goesOn.dedupKey()).isEqualTo(opened.dedupKey());
      assertThat(goesOn.changesBefore())
          .as("what was on record before the start")
          .extracting(ChangeBefore::sentence)
          .singleElement()
          .asString()
          .contains("marker 'certificate ordered' by web team");
      assertThat(goesOn.timeline()).containsAll(opened.timeline());
      for (int i = 4; i < 8; i++) {
        again.delivered(minute(i));
      }
      Incident over = awaitState(again, opened, IncidentState.RESOLVED);
      assertThat(over.timeline().getLast().kind()).isEqualTo(TimelineEntry.Kind.RESOLVED);
      assertThat(again.toTell(over))
          .contains("opened waiting", "resolved waiting")
          .doesNotHaveDuplicates();
    }
  }

  /// A steady share of failures, which no run of them gives away: three in a row that arrive prove
  /// nothing against it, before a restart or after.
  @ParameterizedTest
  @EnumSource(names = {"H2_FILE", "POSTGRES"})
  void anIncidentOfASteadyShareGoesOnAfterARestartAndEndsWhenTheShareDoes(OnDatabase kind) {
    DatabaseSettings settings = kind.settings(folder);
    Incident opened;
    try (Replica first = new Replica(settings, true)) {
      first.alone.set(true);
      for (int i = -270; i < -120; i++) {
        if (i % 10 == 0) {
          first.refused(minute(i));
        } else {
          first.delivered(minute(i));
        }
      }
      opened = open(first);
      assertThat(opened.severity()).isEqualTo(Severity.PAGE);
    }
    try (Replica again = new Replica(settings, true)) {
      again.alone.set(true);
      for (int i = -120; i < -100; i++) {
        if (i % 10 == 0) {
          again.refused(minute(i));
        } else {
          again.delivered(minute(i));
        }
      }
      await()
          .during(Duration.ofSeconds(2))
          .atMost(SOON)
          .until(() -> again.incidents.find(opened.id()).orElseThrow().isOpen());
      for (int i = -100; i < 29; i++) {
        again.delivered(minute(i));
      }
      Incident over = awaitState(again, opened, IncidentState.RESOLVED);
      assertThat(again.incidents.page(null, null, 10)).as("one trouble, one incident").hasSize(1);
      assertThat(again.toTell(over))
          .contains("opened waiting", "resolved waiting")
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void canariesThatWereGreylistedAndArrivedWakeNobodyAfterARestart() {
    DatabaseSettings settings = OnDatabase.H2_FILE.settings(folder);
    try (Replica first = new Replica(settings, true)) {
      first.alone.set(true);
      first.delivered(minute(0));
      for (int i = 1; i < 6; i++) {
        first.greylisted(minute(i), Duration.ofMinutes(6));
      }
    }
    try (Replica again = new Replica(settings, true)) {
      again.alone.set(true);
      again.delivered(minute(12));
      await()
          .during(Duration.ofSeconds(2))
          .atMost(SOON)
          .until(() -> again.incidents.page(null, null, 10).isEmpty());
    }
  }

  @Test
  void canariesThatWereGreylistedWakeNobodyHoweverLateTheirRecordIsRead() {
    try (Replica replica = new Replica(new DatabaseSettings.InMemory(), true)) {
      replica.delivered(minute(0));
      await().atMost(SOON).until(replica::isJudging);
      for (int i = 1; i < 6; i++) {
        replica.greylisted(minute(i), Duration.ofMinutes(6));
      }
      await()
          .during(Duration.ofSeconds(3))
          .atMost(SOON)
          .until(() -> replica.incidents.page(null, null, 10).isEmpty());
    }
  }

  @Test
  void aTroubleThatComesBackAfterARestartHasNotGone() {
    DatabaseSettings settings = OnDatabase.H2_FILE.settings(folder);
    try (Replica first = new Replica(settings, true)) {
      first.alone.set(true);
      first.refused(minute(1));
      first.refused(minute(2));
      Incident opened = open(first);
      for (int i = 3; i < 7; i++) {
        first.delivered(minute(i));
      }
      awaitState(first, opened, IncidentState.RESOLVED);
    }
    try (Replica again = new Replica(settings, true)) {
      again.alone.set(true);
      again.refused(minute(8));
      again.refused(minute(9));
      assertThat(open(again).timeline())
          .extracting(TimelineEntry::kind)
          .contains(TimelineEntry.Kind.FLAPPING);
    }
  }

  @Test
  void whatComesInAfterTheEndIsNotedAndWakesNobody() {
    DatabaseSettings settings = OnDatabase.H2_FILE.settings(folder);
    Incident opened;
    try (Replica first = new Replica(settings, true)) {
      first.alone.set(true);
      first.delivered(minute(0));
      first.heldUp(minute(1));
      first.heldUp(minute(2));
      opened = open(first);
      for (int i = 3; i < 7; i++) {
        first.delivered(minute(i));
      }
      Incident over = awaitState(first, opened, IncidentState.RESOLVED);
      assertThat(over.timeline().getLast().text())
          .contains("2 canaries are not there yet: what still comes in is noted here");
      first.comesIn(minute(1), Instant.now());
      await()
          .atMost(SOON)
          .until(() -> last(first, opened).startsWith("1 canary of that time came in after"));
    }
    try (Replica again = new Replica(settings, true)) {
      again.alone.set(true);
      again.comesIn(minute(2), Instant.now());
      await()
          .atMost(SOON)
          .until(() -> last(again, opened).startsWith("2 canaries of that time came in after"));
      Incident corrected = again.incidents.find(opened.id()).orElseThrow();
      assertThat(corrected.state()).isEqualTo(IncidentState.RESOLVED);
      assertThat(corrected.timeline())
          .filteredOn(entry -> entry.kind() == TimelineEntry.Kind.CORRECTED)
          .hasSize(1);
      assertThat(again.toTell(corrected))
          .containsExactlyInAnyOrder("opened waiting", "resolved waiting");
    }
  }

  private static String last(Replica replica, Incident incident) {
    return replica.incidents.find(incident.id()).orElseThrow().timeline().getLast().text();
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRES"})
  void ofTwoReplicasOneJudgesWhatBothSee(OnDatabase kind) {
    DatabaseSettings settings = kind.settings(folder);
    Incident opened;
    try (Replica judge = new Replica(settings, true);
        Replica other = new Replica(settings, false)) {
      other.delivered(minute(0));
      other.refused(minute(1));
      judge.refused(minute(2));
      opened = open(judge);
      assertThat(String.join(" ", opened.timeline().getFirst().evidence()))
          .as("what the other one sent is evidence, too")
          .contains("mx.hosted.example:25 at rcpt: " + Replica.REFUSAL);
      assertThat(opened.share().failing()).isEqualTo(1);

      other.desk.acknowledge(opened.id(), "kim");
      Incident acknowledged = awaitState(judge, opened, IncidentState.ACKNOWLEDGED);
      assertThat(acknowledged.timeline().getLast().text()).isEqualTo("acknowledged by kim");
      other.refused(minute(3));
      assertThat(open(judge).state()).isEqualTo(IncidentState.ACKNOWLEDGED);

      // It ends without a word, and the other one is chosen.
      judge.judges.set(false);
      other.judges.set(true);
      for (int i = 4; i < 9; i++) {
        other.delivered(minute(i));
      }
      Incident over = awaitState(other, opened, IncidentState.RESOLVED);
      assertThat(other.toTell(over))
          .containsExactlyInAnyOrder("opened waiting", "acknowledged waiting", "resolved waiting");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_FILE", "POSTGRES"})
  void whereTwoJudgeForAMomentPeopleAreToldOnce(OnDatabase kind) {
    DatabaseSettings settings =
        kind == OnDatabase.POSTGRES ? kind.settings(folder) : new DatabaseSettings.InMemory();
    try (Replica one = new Replica(settings, true);
        Replica two = kind == OnDatabase.POSTGRES ? new Replica(settings, true) : one) {
      one.refused(minute(1));
      two.refused(minute(2));
      Incident opened = open(one);
      for (int i = 3; i < 9; i++) {
        (i % 2 == 0 ? one : two).delivered(minute(i));
      }
      Incident over = awaitState(one, opened, IncidentState.RESOLVED);
      await().atMost(SOON).until(() -> one.incidents.open().isEmpty());
      assertThat(one.toTell(over)).contains("opened waiting", "resolved waiting");
      assertThat(one.toTell(over)).doesNotHaveDuplicates();
      assertThat(one.incidents.page(null, null, 10)).hasSize(1);
    }
  }

  @Test
  void whatIsSilencedIsToldWhenTheSilenceEndsAndItStillGoesOn() {
    try (Replica replica = new Replica(new DatabaseSettings.InMemory(), true)) {
      replica.alone.set(true);
      Instant now = Instant.now();
      replica.desk.silence(
          new Silence(
              "s1", Match.EVERYTHING, now.minusSeconds(1), now.plusSeconds(600), "move", "API"));
      assertThat(replica.desk.silences()).hasSize(1);
      replica.refused(minute(1));
      replica.refused(minute(2));
      Incident opened = open(replica);
      await().atMost(SOON).until(() -> replica.toTell(opened).equals(List.of("opened muted")));

      assertThat(replica.desk.endSilence("s1")).isTrue();
      assertThat(replica.desk.endSilence("s1")).isFalse();

      await().atMost(SOON).until(() -> replica.toTell(opened).contains("opened waiting"));
    }
  }
}
