package io.mailcanary.notify.opsgenie;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mailcanary.incident.Channel;
import io.mailcanary.incident.Incident;
import io.mailcanary.incident.Notification;
import io.mailcanary.mail.Severity;
import io.mailcanary.notify.HttpDoor;
import io.mailcanary.notify.Json;
import io.mailcanary.notify.Notifier;
import io.mailcanary.notify.Outcome;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Creates, acknowledges and closes alerts by an alias of our own.
public final class Opsgenie implements Notifier {
  private static final int LONGEST_MESSAGE = 130;
  private static final int LONGEST_DESCRIPTION = 15_000;
  private static final int LONGEST_ALIAS = 512;

  private final Channel.Opsgenie channel;
  private final HttpDoor door;

  public Opsgenie(Channel.Opsgenie channel, HttpDoor door) {
    this.channel = channel;
    this.door = door;
  }

  @Override
  public Outcome tell(String id, Notification notification) throws InterruptedException {
    String alias = Json.cut(notification.incident().dedupKey(), LONGEST_ALIAS);
    return switch (notification.event()) {
      case OPENED, UPDATED, REMINDER -> post("/v2/alerts", alert(notification, alias));
      case ACKNOWLEDGED -> post(of(alias, "acknowledge"), note(notification));
      case RESOLVED -> post(of(alias, "close"), note(notification));
    };
  }

  private Outcome post(String resource, ObjectNode body) throws InterruptedException {
    return door.post(
        new HttpDoor.Post(
            URI.create(channel.url().toString().replaceFirst("/+$", "") + resource),
            Json.text(body),
            Map.of("Authorization", "GenieKey " + channel.apiKey().value()),
            Optional.empty(),
            List.of(channel.apiKey())));
  }

  private static String of(String alias, String action) {
    String encoded = URLEncoder.encode(alias, StandardCharsets.UTF_8).replace("+", "%20");
    return "/v2/alerts/%s/%s?identifierType=alias".formatted(encoded, action);
  }

  private static ObjectNode alert(Notification notification, String alias) {
    Incident incident = notification.incident();
    ObjectNode alert = Json.object();
    alert.put("message", Json.cut(notification.text().headline(), LONGEST_MESSAGE));
    alert.put("alias", alias);
    alert.put("description", Json.cut(notification.text().complete(), LONGEST_DESCRIPTION));
    alert.put("source", "mailcanary");
    if (!incident.attribution().component().isEmpty()) {
      alert.put("entity", Json.cut(incident.attribution().component(), LONGEST_ALIAS));
    }
    alert.put("priority", incident.severity() == Severity.PAGE ? "P1" : "P3");
    alert.putArray("tags").add(incident.kind().word()).add(incident.cause().word());
    ObjectNode details = alert.putObject("details");
    details.put("incident", incident.id());
    details.put("link", notification.link());
    return alert;
  }

  private static ObjectNode note(Notification notification) {
    return Json.object()
        .put("source", "mailcanary")
        .put("note", Json.cut(notification.text().headline(), LONGEST_DESCRIPTION));
  }
}
