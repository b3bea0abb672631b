package io.mailcanary.notify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.lab.HttpRecorder.Answer;
import io.mailcanary.lab.HttpRecorder.Request;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// What each service takes, field by field, as it has published it: stands in for the service and
/// refuses what that would refuse.
///
/// PagerDuty's Events API v2 and Alertmanager's API v2 after their OpenAPI documents, Opsgenie's
/// Alert API and Slack's incoming webhooks after their reference pages, heartbeats after the pages
/// of services that take a plain GET.
public final class PublishedForms {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PAGERDUTY_BYTES = 512 * 1024;
  private static final int SLACK_TEXT = 4_000;

  private final List<String> problems = new ArrayList<>();

  private PublishedForms() {}

  public static Answer pagerDuty(Request request) {
    return answer(request, forms -> forms.event(request), 202);
  }

  public static Answer alertmanager(Request request) {
    return answer(request, forms -> forms.alerts(request), 200);
  }

  public static Answer slack(Request request) {
    return answer(request, forms -> forms.message(request), 200);
  }

  public static Answer opsgenie(Request request) {
    return answer(request, forms -> forms.alert(request), 202);
  }

  public static Answer heartbeat(Request request) {
    return answer(
        request,
        forms -> {
          forms.expect(request.method().equals("GET"), "method: " + request.method());
          forms.expect(request.body().isEmpty(), "a body, expected none");
          return forms.problems;
        },
        200);
  }

  private static Answer answer(
      Request request, Function<PublishedForms, List<String>> check, int ok) {
    List<String> problems = check.apply(new PublishedForms());
    return problems.isEmpty()
        ? Answer.of(ok, "{\"status\":\"success\"}")
        : Answer.of(400, request.path() + " " + String.join("; ", problems));
  }

  private void expect(boolean held, String otherwise) {
    if (!held) {
      problems.add(otherwise);
    }
  }

  private JsonNode body(Request request, String path) {
    expect(request.method().equals("POST"), "method: " + request.method());
    expect(URI.create(request.path()).getPath().matches(path), "path: " + request.path());
    expect(
        request.header("Content-Type").startsWith("application/json"),
        "content type: " + request.header("Content-Type"));
    try {
      return JSON.readTree(request.body());
    } catch (java.io.IOException e) {
      problems.add("no JSON: " + e.getMessage());
      return JSON.missingNode();
    }
  }

  /// Exactly these: of what is there, and of what must be.
  private void fields(JsonNode object, String where, Set<String> known, Set<String> required) {
    expect(object.isObject(), where + ": expected an object");
    object.fieldNames().forEachRemaining(name -> expect(known.contains(name), where + "." + name));
    required.forEach(name -> expect(object.hasNonNull(name), where + ": no " + name));
  }

  private void text(JsonNode object, String name, int most) {
    JsonNode value = object.path(name);
    if (!value.isMissingNode()) {
      expect(value.isTextual(), name + ": expected a text");
      expect(!value.asText().isEmpty(), name + ": empty");
      expect(
          value.asText().codePointCount(0, value.asText().length()) <= most,
          name + ": longer than " + most);
    }
  }

  private void time(JsonNode object, String name) {
    try {
      OffsetDateTime.parse(object.path(name).asText());
    } catch (DateTimeException e) {
      problems.add(name + ": no time of RFC 3339: " + e.getMessage());
    }
  }

  private void uri(JsonNode object, String name) {
    if (object.has(name)) {
      expect(URI.create(object.path(name).asText()).isAbsolute(), name + ": expected an address");
    }
  }

  private void oneOf(JsonNode object, String name, String... values) {
    expect(
        List.of(values).contains(object.path(name).asText()),
        name + ": " + object.path(name).asText());
  }

  private List<String> event(Request request) {
    JsonNode event = body(request, "/v2/enqueue");
    expect(
        request.body().getBytes(StandardCharsets.UTF_8).length <= PAGERDUTY_BYTES,
        "more than 512 kB");
    fields(
        event,
        "event",
        Set.of(
            "routing_key",
            "event_action",
            "dedup_key",
            "client",
            "client_url",
            "payload",
            "links",
            "images"),
        Set.of("routing_key", "event_action", "payload", "dedup_key"));
    expect(
        event.path("routing_key").asText().length() == 32,
        "Length of 'routing_key' is incorrect (should be 32 characters)");
    oneOf(event, "event_action", "trigger", "acknowledge", "resolve");
    text(event, "dedup_key", 255);
    uri(event, "client_url");
    JsonNode payload = event.path("payload");
    fields(
        payload,
        "payload",
        Set.of(
            "summary",
            "timestamp",
            "source",
            "severity",
            "component",
            "group",
            "class",
            "custom_details"),
        Set.of("summary", "source", "severity"));
    text(payload, "summary", 1024);
    text(payload, "source", 1024);
    text(payload, "component", 1024);
    text(payload, "class", 1024);
    oneOf(payload, "severity", "critical", "error", "warning", "info");
    time(payload, "timestamp");
    expect(payload.path("custom_details").isObject(), "custom_details: expected an object");
    for (JsonNode link : event.path("links")) {
      fields(link, "link", Set.of("href", "text"), Set.of("href"));
      uri(link, "href");
    }
    return problems;
  }

  private List<String> alerts(Request request) {
    JsonNode alerts = body(request, ".*/api/v2/alerts");
    expect(alerts.isArray() && !alerts.isEmpty(), "expected a list of alerts");
    for (JsonNode alert : alerts) {
      fields(
          alert,
          "alert",
          Set.of("labels", "annotations", "startsAt", "endsAt", "generatorURL"),
          Set.of("labels"));
      for (Map.Entry<String, JsonNode> label : alert.path("labels").properties()) {
        expect(label.getKey().matches("[a-zA-Z_][a-zA-Z0-9_]*"), "label " + label.getKey());
        text(alert.path("labels"), label.getKey(), 2_048);
      }
      expect(alert.path("labels").has("alertname"), "no alertname");
      for (Map.Entry<String, JsonNode> annotation : alert.path("annotations").properties()) {
        expect(annotation.getKey().matches("[a-zA-Z_][a-zA-Z0-9_]*"), annotation.getKey());
        expect(annotation.getValue().isTextual(), annotation.getKey() + ": expected a text");
      }
      time(alert, "startsAt");
      time(alert, "endsAt");
      expect(
          OffsetDateTime.parse(alert.path("endsAt").asText())
              .isAfter(OffsetDateTime.parse(alert.path("startsAt").asText())),
          "start time must be before end time");
      uri(alert, "generatorURL");
    }
    return problems;
  }

  private List<String> message(Request request) {
    JsonNode message = body(request, "/services/.*");
    fields(message, "message", Set.of("text"), Set.of("text"));
    text(message, "text", SLACK_TEXT);
    String text = message.path("text").asText();
    expect(text.replaceAll("<https?://[^<>|]+\\|[^<>|]+>", "").matches("[^<>]*"), "a bare < or >");
    expect(text.replaceAll("&(amp|lt|gt);", "").indexOf('&') < 0, "a bare &");
    return problems;
  }

  private List<String> alert(Request request) {
    expect(
        request.header("Authorization").startsWith("GenieKey "),
        "Authorization: expected GenieKey");
    JsonNode alert = body(request, "/v2/alerts(/[^/]+/(acknowledge|close))?");
    if (!URI.create(request.path()).getPath().equals("/v2/alerts")) {
      expect(request.path().endsWith("?identifierType=alias"), "identifierType: expected alias");
      fields(alert, "request", Set.of("user", "source", "note"), Set.of());
      text(alert, "source", 100);
      text(alert, "note", 25_000);
      return problems;
    }
    fields(
        alert,
        "alert",
        Set.of(
            "message",
            "alias",
            "description",
            "responders",
            "visibleTo",
            "actions",
            "tags",
            "details",
            "entity",
            "source",
            "priority",
            "user",
            "note"),
        Set.of("message"));
    text(alert, "message", 130);
    text(alert, "alias", 512);
    text(alert, "description", 15_000);
    text(alert, "entity", 512);
    text(alert, "source", 100);
    oneOf(alert, "priority", "P1", "P2", "P3", "P4", "P5");
    expect(alert.path("tags").size() <= 20, "more than 20 tags");
    alert.path("tags").forEach(tag -> expect(tag.asText().length() <= 50, "tag: " + tag));
    int details = 0;
    for (Map.Entry<String, JsonNode> one : alert.path("details").properties()) {
      expect(one.getValue().isTextual(), "details." + one.getKey() + ": expected a text");
      details += one.getKey().length() + one.getValue().asText().length();
    }
    expect(details <= 8_000, "details: longer than 8000");
    return problems;
  }
}
