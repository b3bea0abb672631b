package io.mailcanary.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.incident.Channel;
import io.mailcanary.incident.Incident;
import io.mailcanary.incident.IncidentState;
import io.mailcanary.incident.Notification.Event;
import io.mailcanary.lab.HttpRecorder;
import io.mailcanary.lab.HttpRecorder.Answer;
import io.mailcanary.lab.HttpRecorder.Request;
import io.mailcanary.mail.Severity;
import io.mailcanary.notify.Alarms;
import io.mailcanary.path.Secret;
import io.mailcanary.runtime.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DispatcherTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final HttpRecorder server = HttpRecorder.start();
  private final HttpRecorder other = HttpRecorder.start();
  private final Stage stage = Stage.inMemory();
  private final Incident incident = Alarms.incident("i1", Severity.PAGE);
  private final Channel oncall =
      new Channel.PagerDuty("oncall", new Secret("swordfish"), server.uri("/v2/enqueue"));
  private final Channel letters =
      new Channel.Webhook(
          "letters", new Secret(other.uri("/hook").toString()), Optional.empty(), Optional.empty());

  @AfterEach
  void close() {
    stage.close();
    server.close();
    other.close();
  }

  private static List<String> actions(HttpRecorder at) {
    return at.requests().stream().map(DispatcherTest::action).toList();
  }

  private static String action(Request request) {
    try {
      return new ObjectMapper().readTree(request.body()).path("event_action").asText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitResults(String... results) {
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(stage.results("i1")).containsExactly(results));
  }

  @Test
  void whatIsDecidedIsToldOnceAndInOrder() {
    stage.playing(oncall);
    Incident acknowledged = Alarms.acknowledged(incident);
    Incident resolved = Alarms.resolved(acknowledged);
    stage.decide(null, incident, Event.OPENED, List.of("oncall"));
    stage.decide(incident, acknowledged, Event.ACKNOWLEDGED, List.of());
    stage.decide(acknowledged, resolved, Event.RESOLVED, List.of());
    awaitResults("oncall opened sent", "oncall acknowledged sent", "oncall resolved sent");
    assertThat(actions(server)).containsExactly("trigger", "acknowledge", "resolve");
    assertThat(stage.metered("oncall sent")).isEqualTo(3);
    assertThat(stage.part("outbox")).map(Part::ok).contains(true);
  }

  @Test
  void aServerThatIsAwayIsAskedAgainAndAResolutionNeverOvertakes() {
    server.first(Answer.of(503), Answer.of(500), Answer.of(429).with("Retry-After", "1"));
    stage.playing(oncall);
    stage.decide(null, incident, Event.OPENED, List.of("oncall"));
    stage.decide(incident, Alarms.resolved(incident), Event.RESOLVED, List.of());
    awaitResults("oncall opened sent", "oncall resolved sent");
    assertThat(actions(server))
        .containsExactly("trigger", "trigger", "trigger", "trigger", "resolve");
    assertThat(stage.metered("oncall retried")).isEqualTo(3);
    assertThat(stage.incidents.told("i1").getFirst().attempts()).isEqualTo(4);
    await().atMost(SOON).until(() -> stage.part("channel:oncall").map(Part::ok).orElse(false));
  }

  @Test
  void whoRefusesIsNotAskedAgainAndTheOthersAreTold() {
    server.usually(Answer.of(401, "bad key swordfish"));
    stage.playing(oncall, letters);
    stage.decide(null, incident, Event.OPENED, List.of("oncall"), "letters");
    awaitResults("oncall opened failed", "letters opened sent");
    assertThat(server.requests()).hasSize(1);
    assertThat(stage.metered("oncall failed")).isEqualTo(1);
    assertThat(stage.part("channel:oncall"))
        .hasValueSatisfying(part -> {
          assertThat(part.ok()).isFalse();
          assertThat(part.reason()).contains("answers 401").doesNotContain("swordfish");
        });
  }

  @Test
  void whoHangsKeepsNothingFromOthersAndTheOthersAreToldInTime() {
    server.usually(Answer.of(0));
    stage.playing(oncall, letters);
    for (int i = 1; i <= 8; i++) {
      stage.decide(
          null,
          Alarms.incident("i" + i, Severity.PAGE),
          Event.OPENED,
          List.of("oncall"),
          "letters");
    }
    await().atMost(SOON).until(() -> other.requests().size() == 8);
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(stage.part("outbox"))
                .hasValueSatisfying(part -> {
                  assertThat(part.ok()).isFalse();
                  assertThat(part.reason()).contains("for channel oncall");
                }));
    assertThat(stage.results("i1")).containsExactly("oncall opened waiting", "letters opened sent");
  }

  @Test
  void atLastItIsGivenUpWithWords() {
    server.usually(Answer.of(503));
    stage.playing(oncall);
    stage.decide(null, incident, Event.OPENED, List.of("oncall"));
    await()
        .atMost(40, TimeUnit.SECONDS)
        .untilAsserted(
            () -> assertThat(stage.results("i1")).containsExactly("oncall opened failed"));
    assertThat(stage.incidents.told("i1").getFirst().words())
        .startsWith("given up after 20 s: 127.0.0.1 answers 503");
    await().atMost(SOON).until(() -> stage.part("outbox").map(Part::ok).orElse(false));
  }

  @Test
  void aChannelThatIsTakenAwayFailsAndANewOneIsTold() {
    server.usually(Answer.of(503));
    stage.playing(oncall);
    stage.decide(null, incident, Event.OPENED, List.of("oncall"));
    await().atMost(SOON).until(() -> !server.requests().isEmpty());
    stage.dispatcher.follow(Stage.plan(letters));
    awaitResults("oncall opened failed");
    assertThat(stage.part("channel:oncall")).isEmpty();
    stage.decide(incident, Alarms.as(incident, Severity.WARN), Event.UPDATED, List.of("letters"));
    awaitResults("oncall opened failed", "letters updated sent");
  }

  @Test
  void aTestSaysThatItIsOneAndWhatCameOfIt() throws Exception {
    stage.playing(oncall, letters);
    assertThat(stage.dispatcher.test("gone")).isEmpty();
    assertThat(stage.dispatcher.test("oncall"))
        .contains(new TestResult("oncall", true, "127.0.0.1 answers 200 (ok)"));
    assertThat(actions(server)).containsExactly("trigger", "resolve");
    assertThat(server.requests())
        .allSatisfy(request -> assertThat(request.body()).contains("TEST of channel oncall"));
    server.usually(Answer.of(403, "no"));
    assertThat(stage.dispatcher.test("oncall"))
        .contains(new TestResult("oncall", false, "127.0.0.1 answers 403 (no)"));
    assertThat(stage.metered("oncall failed")).isEqualTo(1);
    assertThat(stage.part("channel:oncall")).map(Part::ok).contains(false);
    assertThat(stage.incidents.page(null, null, 10)).isEmpty();
  }

  @Test
  void incidentsAreCounted() {
    stage.playing(letters);
    stage.decide(null, incident, Event.OPENED, List.of("letters"));
    await()
        .atMost(SOON)
        .until(() -> stage.dispatcher.count(Severity.PAGE, IncidentState.OPEN) == 1);
    assertThat(stage.dispatcher.count(Severity.WARN, IncidentState.OPEN)).isZero();
  }
}
