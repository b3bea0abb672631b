package io.mailcanary.notify.pagerduty;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mailcanary.incident.Channel;
import io.mailcanary.incident.Incident;
import io.mailcanary.incident.Notification;
import io.mailcanary.mail.Severity;
import io.mailcanary.notify.HttpDoor;
import io.mailcanary.notify.Json;
import io.mailcanary.notify.Notifier;
import io.mailcanary.notify.Outcome;
import java.util.List;

/// Sends events with a key of our own, so that whatever is said again belongs to the same incident
/// there.
public final class PagerDuty implements Notifier {
  private static final int LONGEST_KEY = 255;
  private static final int LONGEST_SUMMARY = 1024;

  /// An event holds 512 kB at most; the longest of our texts is cut well below.
  private static final int LONGEST_TEXT = 100_000;

  private final Channel.PagerDuty channel;
  private final HttpDoor door;

  public PagerDuty(Channel.PagerDuty channel, HttpDoor door) {
    this.channel = channel;
    this.door = door;
  }

  @Override
  public Outcome tell(String id, Notification notification) throws InterruptedException {
    return door.post(
        HttpDoor.Post.json(
            channel.url(), Json.text(event(notification)), List.of(channel.routingKey())));
  }

  private ObjectNode event(Notification notification) {
    Incident incident = notification.incident();
    ObjectNode event = Json.object();
    event.put("routing_key", channel.routingKey().value());
    event.put("event_action", action(notification.event()));
    event.put("dedup_key", Json.cut(incident.dedupKey(), LONGEST_KEY));
    event.put("client", "mailcanary");
    if (!notification.link().isEmpty()) {
      event.put("client_url", notification.link());
    }
    event.set("payload", payload(notification));
    event.set("links", links(notification));
    return event;
  }

  /// A trigger with a known key adds to the incident, and wakes nobody who took it on.
  private static String action(Notification.Event event) {
    return switch (event) {
      case OPENED, UPDATED, REMINDER -> "trigger";
      case ACKNOWLEDGED -> "acknowledge";
      case RESOLVED -> "resolve";
    };
  }

  private static ObjectNode payload(Notification notification) {
    Incident incident = notification.incident();
    ObjectNode payload = Json.object();
    payload.put("summary", Json.cut(notification.text().headline(), LONGEST_SUMMARY));
    payload.put("source", Json.cut(source(incident), LONGEST_SUMMARY));
    payload.put("severity", severity(incident.severity()));
    payload.put("timestamp", notification.at().toString());
    if (!incident.attribution().component().isEmpty()) {
      payload.put("component", Json.cut(incident.attribution().component(), LONGEST_SUMMARY));
    }
    payload.put("class", incident.kind().word());
    ObjectNode details = payload.putObject("custom_details");
    details.put("text", Json.cut(notification.text().complete(), LONGEST_TEXT));
    details.put("event", notification.event().word());
    details.put("incident", incident.id());
    details.put("side", incident.attribution().side().word());
    details.put("cause", incident.cause().word());
    details.put("share", incident.share().toString());
    details.put("openedAt", incident.openedAt().toString());
    details.put("paths", Json.cut(String.join(", ", incident.paths()), LONGEST_SUMMARY));
    return payload;
  }

  /// What is broken: it must be there.
  private static String source(Incident incident) {
    String component = incident.attribution().component();
    if (!component.isEmpty()) {
      return component;
    }
    return incident.paths().isEmpty() ? "mailcanary" : incident.paths().getFirst();
  }

  private static String severity(Severity severity) {
    return switch (severity) {
      case INFO -> "info";
      case WARN -> "warning";
      case PAGE -> "critical";
    };
  }

  private static ArrayNode links(Notification notification) {
    ArrayNode links = Json.object().putArray("links");
    link(links, notification.link(), "the incident");
    link(links, notification.api(), "the incident in the API");
    notification.text().runbooks().forEach(runbook -> link(links, runbook, "runbook"));
    return links;
  }

  private static void link(ArrayNode links, String address, String text) {
    if (!address.isEmpty()) {
      links.addObject().put("href", address).put("text", text);
    }
  }
}
