package io.mailcanary.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.incident.Channel;
import io.mailcanary.incident.Incident;
import io.mailcanary.incident.Notification;
import io.mailcanary.incident.Notification.Event;
import io.mailcanary.incident.Notification.PageText;
import io.mailcanary.lab.HttpRecorder;
import io.mailcanary.lab.HttpRecorder.Answer;
import io.mailcanary.lab.HttpRecorder.Request;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.mail.Severity;
import io.mailcanary.notify.alertmanager.Alertmanager;
import io.mailcanary.notify.email.Email;
import io.mailcanary.notify.opsgenie.Opsgenie;
import io.mailcanary.notify.pagerduty.PagerDuty;
import io.mailcanary.notify.slack.Slack;
import io.mailcanary.notify.webhook.Webhook;
import io.mailcanary.path.Relay;
import io.mailcanary.path.Secret;
import io.mailcanary.path.Tls;
import io.mailcanary.path.TlsMode;
import io.mailcanary.wire.Trust;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Each channel's requests against the form that its service has published.
class PublishedFormsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);
  private static final Secret KEY = new Secret("0123456789abcdef0123456789abcdef");

  private final HttpRecorder server = HttpRecorder.start();
  private final HttpDoor door = new HttpDoor(new Trust(), CLOCK, Duration.ofSeconds(2));
  private final Incident incident = Alarms.incident("i1", Severity.PAGE);

  @AfterEach
  void close() {
    door.close();
    server.close();
  }

  private JsonNode sent(Notifier notifier, Notification notification) throws Exception {
    assertThat(notifier.tell("n1", notification)).isInstanceOf(Outcome.Taken.class);
    Request request = server.requests().getLast();
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.header("Content-Type")).isEqualTo("application/json");
    return JSON.readTree(request.body());
  }

  private static Stream<Arguments> whatMayHappen() {
    return Stream.of(
        Arguments.of("an incident as it is", Alarms.incident("i1", Severity.PAGE), "a page text"),
        Arguments.of(
            "nothing is known of it",
            Alarms.bare(Alarms.incident("i1", Severity.WARN), ""),
            "a page text"),
        Arguments.of(
            "everything is endless",
            Alarms.bare(Alarms.incident("i1", Severity.PAGE), "x.".repeat(20_000)),
            "ü".repeat(600_000)),
        Arguments.of(
            "everything has to be escaped",
            Alarms.bare(Alarms.incident("i1", Severity.PAGE), "<&>".repeat(100)),
            "<&>".repeat(10_000)),
        Arguments.of(
            "everything is outside of the basic plane",
            Alarms.bare(Alarms.incident("i1", Severity.PAGE), "\uD83D\uDC26".repeat(3_000)),
            "\uD83D\uDC26".repeat(30_000)));
  }

  private Map<Notifier, Function<Request, Answer>> channels() {
    return Map.of(
        new PagerDuty(new Channel.PagerDuty("oncall", KEY, server.uri("/v2/enqueue")), door),
        PublishedForms::pagerDuty,
        alertmanager(server.uri("")),
        PublishedForms::alertmanager,
        new Slack(
            new Channel.Slack("chat", new Secret(server.uri("/services/T/B/X").toString())), door),
        PublishedForms::slack,
        new Opsgenie(new Channel.Opsgenie("genie", KEY, server.uri("")), door),
        PublishedForms::opsgenie);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("whatMayHappen")
  void eachServiceTakesWhatEachChannelTells(String what, Incident incident, String words)
      throws Exception {
    for (Map.Entry<Notifier, Function<Request, Answer>> one : channels().entrySet()) {
      server.usually(one.getValue());
      for (Event event : Event.values()) {
        Notification notification =
            new Notification(
                event,
                event == Event.RESOLVED ? Alarms.resolved(incident) : incident,
                NOW,
                new PageText(words, words, words, List.of("https://wiki.example/mail")),
                "https://probe.example/incidents/i1",
                "https://probe.example/api/v1/incidents/i1");
        assertThat(one.getKey().tell("n1", notification))
            .as("%s: %s", what, event)
            .isInstanceOf(Outcome.Taken.class);
      }
    }
    assertThat(server.requests()).hasSize(channels().size() * Event.values().length);
  }

  @Test
  void aHeartbeatIsAPlainGet() throws Exception {
    server.usually(PublishedForms::heartbeat);
    assertThat(door.get(new Secret(server.uri("/ping/0b2f").toString())))
        .isInstanceOf(Outcome.Taken.class);
  }

  @Test
  void pagerDutyTakesATriggerWithOurKey() throws Exception {
    server.usually(Answer.of(202, "{\"status\":\"success\",\"dedup_key\":\"k\"}"));
    PagerDuty channel =
        new PagerDuty(new Channel.PagerDuty("oncall", KEY, server.uri("/v2/enqueue")), door);
    JsonNode event = sent(channel, Alarms.notification(Event.OPENED, incident));
    assertThat(server.requests().getLast().path()).isEqualTo("/v2/enqueue");
    assertThat(event.fieldNames())
        .toIterable()
        .containsOnly(
            "routing_key", "event_action", "dedup_key", "client", "client_url", "payload", "links");
    assertThat(event.path("routing_key").asText()).hasSize(32);
    assertThat(event.path("event_action").asText()).isEqualTo("trigger");
    assertThat(event.path("dedup_key").asText()).isEqualTo("mx-gone:i1");
    JsonNode payload = event.path("payload");
    assertThat(payload.path("summary").asText()).isEqualTo(incident.title());
    assertThat(payload.path("source").asText()).isEqualTo("MX notify.corp.test");
    assertThat(payload.path("severity").asText()).isEqualTo("critical");
    Instant.parse(payload.path("timestamp").asText());
    assertThat(payload.path("custom_details").path("text").asText()).contains("450 4.1.8");
    assertThat(event.path("links").findValuesAsText("href"))
        .containsExactly(
            "https://probe.example/incidents/i1",
            "https://probe.example/api/v1/incidents/i1",
            "https://wiki.example/mail");
  }

  @ParameterizedTest
  @CsvSource({
    "OPENED, trigger",
    "UPDATED, trigger",
    "REMINDER, trigger",
    "ACKNOWLEDGED, acknowledge",
    "RESOLVED, resolve"
  })
  void pagerDutyHearsWhatHappenedUnderOneKey(Event event, String action) throws Exception {
    PagerDuty channel =
        new PagerDuty(new Channel.PagerDuty("oncall", KEY, server.uri("/v2/enqueue")), door);
    JsonNode body = sent(channel, Alarms.notification(event, incident));
    assertThat(body.path("event_action").asText()).isEqualTo(action);
    assertThat(body.path("dedup_key").asText()).isEqualTo(incident.dedupKey());
  }

  @Test
  void nothingIsLongerThanPagerDutyTakes() throws Exception {
    PagerDuty channel =
        new PagerDuty(new Channel.PagerDuty("oncall", KEY, server.uri("/v2/enqueue")), door);
    String endless = "ü".repeat(600_000);
    Notification notification =
        new Notification(
            Event.OPENED,
            incident,
            NOW,
            new PageText(endless, endless, endless, List.of()),
            "",
            "");
    JsonNode body = sent(channel, notification);
    assertThat(body.path("payload").path("summary").asText()).hasSize(1024).endsWith("…");
    assertThat(server.requests().getLast().body().getBytes(StandardCharsets.UTF_8).length)
        .isLessThan(512_000);
    assertThat(body.has("client_url")).isFalse();
  }

  private Alertmanager alertmanager(URI... urls) {
    return new Alertmanager(
        new Channel.Alertmanager("am", List.of(urls), Optional.empty()), door, CLOCK);
  }

  @Test
  void alertmanagerTakesAlertsThatFireAndThenEnd() throws Exception {
    Alertmanager channel = alertmanager(server.uri("/am/"));
    JsonNode fired = sent(channel, Alarms.notification(Event.OPENED, incident));
    assertThat(server.requests().getLast().path()).isEqualTo("/am/api/v2/alerts");
    assertThat(fired).hasSize(1);
    JsonNode alert = fired.get(0);
    assertThat(alert.path("labels").fieldNames())
        .toIterable()
        .containsExactly("alertname", "severity", "incident");
    assertThat(alert.path("startsAt").asText()).isEqualTo(incident.openedAt().toString());
    assertThat(Instant.parse(alert.path("endsAt").asText())).isAfter(NOW.plusSeconds(300));
    assertThat(alert.path("annotations").path("summary").asText()).isEqualTo(incident.title());
    assertThat(alert.path("annotations").path("runbook_url").asText())
        .isEqualTo("https://wiki.example/mail");
    JsonNode ended = sent(channel, Alarms.notification(Event.RESOLVED, Alarms.resolved(incident)));
    assertThat(ended.get(0).path("labels")).isEqualTo(alert.path("labels"));
    assertThat(Instant.parse(ended.get(0).path("endsAt").asText())).isBefore(NOW);
  }

  @Test
  void whenTheSeverityChangesTheFormerAlertEnds() throws Exception {
    assertThat(
            alertmanager(server.uri(""))
                .tell("n1", Alarms.notification(Event.UPDATED, incident), Set.of(Severity.WARN)))
        .isInstanceOf(Outcome.Taken.class);
    JsonNode alerts = JSON.readTree(server.requests().getLast().body());
    assertThat(alerts).hasSize(2);
    assertThat(alerts.get(0).path("labels").path("severity").asText()).isEqualTo("page");
    assertThat(alerts.get(1).path("labels").path("severity").asText()).isEqualTo("warn");
    assertThat(Instant.parse(alerts.get(1).path("endsAt").asText())).isBefore(NOW);
  }

  @Test
  void oneMemberThatHasItIsEnoughAndEachIsTold() throws Exception {
    try (HttpRecorder other = HttpRecorder.start().usually(Answer.of(503))) {
      Alertmanager both = alertmanager(other.uri(""), server.uri(""));
      assertThat(both.tell("n", Alarms.notification(Event.OPENED, incident)))
          .isInstanceOf(Outcome.Taken.class);
      assertThat(other.requests()).hasSize(1);
      assertThat(alertmanager(other.uri("")).tell("n", Alarms.notification(Event.OPENED, incident)))
          .isInstanceOf(Outcome.Later.class);
      other.usually(Answer.of(400, "bad label"));
      assertThat(alertmanager(other.uri("")).tell("n", Alarms.notification(Event.OPENED, incident)))
          .isInstanceOf(Outcome.Refused.class);
    }
  }

  @Test
  void theWebhooksBodyIsSigned() throws Exception {
    Secret secret = new Secret("swordfish");
    Webhook channel =
        new Webhook(
            new Channel.Webhook(
                "hook",
                new Secret(server.uri("/hook?token=x").toString()),
                Optional.of(secret),
                Optional.empty()),
            door);
    JsonNode body = sent(channel, Alarms.notification(Event.ACKNOWLEDGED, incident));
    Request request = server.requests().getLast();
    assertThat(body.path("version").asInt()).isEqualTo(1);
    assertThat(body.path("event").asText()).isEqualTo("acknowledged");
    assertThat(body.path("link").asText()).isEqualTo("https://probe.example/incidents/i1");
    assertThat(body.path("incident").fieldNames())
        .toIterable()
        .contains(
            "id",
            "dedupKey",
            "state",
            "severity",
            "kind",
            "title",
            "paths",
            "share",
            "cause",
            "attribution",
            "changesBefore",
            "timeline",
            "openedAt",
            "acknowledgedAt",
            "resolvedAt");
    assertThat(body.path("incident").path("share").path("failing").asInt()).isEqualTo(3);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec("swordfish".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    byte[] expected = mac.doFinal(request.body().getBytes(StandardCharsets.UTF_8));
    assertThat(request.header("X-Mailcanary-Signature"))
        .isEqualTo("sha256=" + HexFormat.of().formatHex(expected));
    assertThat(request.header("X-Mailcanary-Notification")).isEqualTo("n1");
  }

  @Test
  void slackTakesATextWithItsThreeCharactersEscaped() throws Exception {
    Slack channel =
        new Slack(
            new Channel.Slack("chat", new Secret(server.uri("/services/T/B/X").toString())), door);
    String text = sent(channel, Alarms.notification(Event.OPENED, incident)).path("text").asText();
    assertThat(text)
        .contains("defer &lt;all&gt; &amp; say 4.1.8")
        .contains("<https://probe.example/incidents/i1|the incident>")
        .hasSizeLessThan(4_000);
    assertThat(server.requests().getLast().path()).isEqualTo("/services/T/B/X");
  }

  @Test
  void opsgenieTakesAnAliasAndClosesByIt() throws Exception {
    Opsgenie channel = new Opsgenie(new Channel.Opsgenie("genie", KEY, server.uri("")), door);
    JsonNode alert = sent(channel, Alarms.notification(Event.OPENED, incident));
    assertThat(server.requests().getLast().path()).isEqualTo("/v2/alerts");
    assertThat(server.requests().getLast().header("Authorization"))
        .isEqualTo("GenieKey " + KEY.value());
    assertThat(alert.path("alias").asText()).isEqualTo(incident.dedupKey());
    assertThat(alert.path("message").asText()).hasSizeLessThanOrEqualTo(130);
    assertThat(alert.path("priority").asText()).isEqualTo("P1");
    sent(channel, Alarms.notification(Event.RESOLVED, Alarms.resolved(incident)));
    assertThat(server.requests().getLast().path())
        .isEqualTo("/v2/alerts/mx-gone%3Ai1/close?identifierType=alias");
  }

  @Test
  void aLetterIsWhatMailProgramsExpect() throws Exception {
    List<byte[]> sent = new ArrayList<>();
    Relay relay =
        new Relay(
            "other",
            Relay.Protocol.SMTP,
            "192.0.2.25",
            25,
            new Tls(TlsMode.NONE, false, Optional.empty()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            1,
            false,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));
    EmailAddress from = EmailAddress.parse("probe@other.example");
    Email channel =
        new Email(
            new Channel.Email("letters", "other", from, EmailAddress.parse("ops@other.example")),
            relay,
            (_, _, _, message) -> {
              sent.add(message);
              return new Outcome.Taken("250");
            });
    channel.tell("n1", Alarms.notification(Event.OPENED, incident));
    channel.tell("n1", Alarms.notification(Event.OPENED, incident));
    channel.tell("n2", Alarms.notification(Event.RESOLVED, Alarms.resolved(incident)));
    MimeMessage letter = letter(sent.getFirst());
    assertThat(letter.getSubject()).startsWith("[PAGE] MX of notify.corp.test is gone");
    assertThat(letter.getHeader("Auto-Submitted")).containsExactly("auto-generated");
    assertThat(letter.getContent().toString())
        .contains("450 4.1.8")
        .contains("https://probe.example/incidents/i1");
    assertThat(new String(sent.getFirst(), StandardCharsets.US_ASCII))
        .doesNotContainPattern("(?<!\r)\n")
        .contains("\r\nTo: ops@other.example\r\n");
    assertThat(letter(sent.get(1)).getMessageID()).isEqualTo(letter.getMessageID());
    assertThat(letter(sent.get(2)).getMessageID()).isNotEqualTo(letter.getMessageID());
    assertThat(letter(sent.get(2)).getSubject()).startsWith("[RESOLVED]");
    assertThat(letter(sent.get(2)).getHeader("References"))
        .isEqualTo(letter.getHeader("References"));
  }

  private static MimeMessage letter(byte[] bytes) throws Exception {
    return new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(bytes));
  }
}
