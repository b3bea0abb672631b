package io.mailcanary.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.incident.Channel;
import io.mailcanary.incident.Incident;
import io.mailcanary.incident.Notification.Event;
import io.mailcanary.lab.Alertmanager;
import io.mailcanary.lab.HttpRecorder;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Server;
import io.mailcanary.mail.Severity;
import io.mailcanary.notify.Alarms;
import io.mailcanary.store.DatabaseSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Pages in real Alertmanagers.
@NeedsServer(Server.ALERTMANAGER)
@Timeout(120)
class RealAlertmanagerTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir Path directory;

  /// What the Alertmanager told its receiver: status and summary.
  private static List<String> told(HttpRecorder receiver) {
    return receiver.requests().stream()
        .map(request -> tree(request.body()))
        .flatMap(body -> body.findParents("fingerprint").stream())
        .map(alert ->
            alert.path("status").asText() + " " + alert.path("labels").path("severity").asText())
        .toList();
  }

  private static JsonNode tree(String body) {
    try {
      return new ObjectMapper().readTree(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Stage stage(Alertmanager... members) {
    Channel am =
        new Channel.Alertmanager(
            "am",
            java.util.Arrays.stream(members).map(Alertmanager::url).toList(),
            Optional.empty());
    return new Stage(new DatabaseSettings.Embedded(directory), Stage.HASTY, Duration.ofSeconds(5))
        .playing(am);
  }

  @Test
  void aPageArrivesSurvivesOurRestartAndResolves() {
    Incident opened =
        Alarms.at(Alarms.incident("i1", Severity.PAGE), Instant.now().minusSeconds(5));
    try (HttpRecorder receiver = HttpRecorder.start();
        HttpRecorder second = HttpRecorder.start();
        Alertmanager member = Alertmanager.start(receiver.uri("/"));
        Alertmanager prefixed = Alertmanager.start(second.uri("/"), "/alerts")) {
      try (Stage stage = stage(member, prefixed)) {
        stage.decide(null, opened, Event.OPENED, List.of("am"));
        await().atMost(SOON).until(() -> !told(receiver).isEmpty() && !told(second).isEmpty());
        assertThat(stage.results("i1")).containsExactly("am opened standing");
      }
      try (Stage stage = stage(member, prefixed)) {
        // Said anew after the restart: it is the same alert there.
        stage.decide(opened, Alarms.acknowledged(opened), Event.ACKNOWLEDGED, List.of());
        await().atMost(SOON).until(() -> stage.metered("am sent") == 1);
        assertThat(member.alerts())
            .singleElement()
            .satisfies(alert -> {
              assertThat(alert.path("status").path("state").asText()).isEqualTo("active");
              assertThat(alert.path("labels").path("incident").asText())
                  .isEqualTo(opened.dedupKey());
            });
        Incident resolved = resolvedNow(Alarms.acknowledged(opened));
        stage.decide(Alarms.acknowledged(opened), resolved, Event.RESOLVED, List.of());
        await().atMost(SOON).until(() -> told(receiver).contains("resolved page"));
        await().atMost(SOON).until(() -> told(second).contains("resolved page"));
        assertThat(member.alerts()).isEmpty();
        assertThat(told(receiver)).containsExactly("firing page", "resolved page");
        assertThat(told(second)).containsExactly("firing page", "resolved page");
      }
    }
  }

  @Test
  void whenItGetsWorseThereIsOneAlertNotTwo() {
    Incident opened =
        Alarms.at(Alarms.incident("i1", Severity.WARN), Instant.now().minusSeconds(5));
    Incident worse = Alarms.as(opened, Severity.PAGE);
    try (HttpRecorder receiver = HttpRecorder.start();
        Alertmanager member = Alertmanager.start(receiver.uri("/"));
        Stage stage = stage(member)) {
      stage.decide(null, opened, Event.OPENED, List.of("am"));
      await().atMost(SOON).until(() -> told(receiver).contains("firing warn"));
      stage.decide(opened, worse, Event.UPDATED, List.of("am"));
      await()
          .atMost(SOON)
          .untilAsserted(() ->
              assertThat(member.alerts())
                  .extracting(alert -> alert.path("labels").path("severity").asText())
                  .containsExactly("page"));
    }
  }

  private static Incident resolvedNow(Incident incident) {
    Incident resolved = Alarms.resolved(incident);
    return new Incident(
        resolved.id(),
        resolved.dedupKey(),
        resolved.state(),
        resolved.severity(),
        resolved.kind(),
        resolved.title(),
        resolved.paths(),
        resolved.share(),
        resolved.cause(),
        resolved.attribution(),
        resolved.changesBefore(),
        resolved.timeline(),
        resolved.advice(),
        resolved.runbooks(),
        resolved.openedAt(),
        resolved.acknowledgedAt(),
        Instant.now());
  }
}
