package io.mailcanary.notify.alertmanager;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mailcanary.incident.Channel;
import io.mailcanary.incident.Incident;
import io.mailcanary.incident.Notification;
import io.mailcanary.incident.Notification.Event;
import io.mailcanary.mail.Severity;
import io.mailcanary.notify.HttpDoor;
import io.mailcanary.notify.Json;
import io.mailcanary.notify.Notifier;
import io.mailcanary.notify.Outcome;
import io.mailcanary.notify.Standing;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Posts alerts as Prometheus does: to every member, again and again for as long as they fire, and
/// for a while after they are resolved. An alert is its labels, so none of them changes while the
/// incident lives; when the severity does, the alert with the former one is resolved along with it.
public final class Alertmanager implements Notifier {
  /// As often as Prometheus does by default.
  private static final Duration EVERY = Duration.ofMinutes(1);

  private static final Duration AFTER_RESOLVED = Duration.ofMinutes(15);

  /// Should we fall silent, an alert ends by itself after as long: enough for any restart.
  private static final Duration HOLDS = Duration.ofMinutes(15);

  private static final int LONGEST_TEXT = 50_000;
  private static final String RESOURCE = "/api/v2/alerts";

  private final Channel.Alertmanager channel;
  private final HttpDoor door;
  private final InstantSource clock;

  public Alertmanager(Channel.Alertmanager channel, HttpDoor door, InstantSource clock) {
    this.channel = channel;
    this.door = door;
    this.clock = clock;
  }

  @Override
  public Standing standing() {
    return new Standing(EVERY, AFTER_RESOLVED);
  }

  @Override
  public Outcome tell(String id, Notification notification) throws InterruptedException {
    return tell(id, notification, Set.of());
  }

  /// One member that has it is enough: the others get it when it is said again.
  @Override
  public Outcome tell(String id, Notification notification, Set<Severity> formerly)
      throws InterruptedException {
    String body = Json.text(alerts(notification, formerly));
    List<Outcome> outcomes = new ArrayList<>();
    for (URI member : channel.urls()) {
      outcomes.add(
          door.post(
              new HttpDoor.Post(resource(member), body, Map.of(), channel.caFile(), List.of())));
    }
    return together(outcomes);
  }

  private static URI resource(URI member) {
    return URI.create(member.toString().replaceFirst("/+$", "") + RESOURCE);
  }

  private static Outcome together(List<Outcome> outcomes) {
    String words = outcomes.stream().map(Outcome::words).collect(Collectors.joining("; "));
    if (outcomes.stream().anyMatch(Outcome.Taken.class::isInstance)) {
      return new Outcome.Taken(words);
    }
    return outcomes.stream().allMatch(Outcome.Refused.class::isInstance)
        ? new Outcome.Refused(words)
        : new Outcome.Later(words, wait(outcomes));
  }

  private static Optional<Duration> wait(List<Outcome> outcomes) {
    return outcomes.stream()
        .filter(Outcome.Later.class::isInstance)
        .flatMap(outcome -> ((Outcome.Later) outcome).after().stream())
        .min(Duration::compareTo);
  }

  private ArrayNode alerts(Notification notification, Set<Severity> formerly) {
    ArrayNode alerts = Json.object().putArray("alerts");
    boolean resolved = notification.event() == Event.RESOLVED;
    alerts.add(alert(notification, notification.incident().severity(), resolved));
    formerly.forEach(severity -> alerts.add(alert(notification, severity, true)));
    return alerts;
  }

  private ObjectNode alert(Notification notification, Severity severity, boolean over) {
    Incident incident = notification.incident();
    ObjectNode alert = Json.object();
    ObjectNode labels = alert.putObject("labels");
    labels.put("alertname", "MailcanaryIncident");
    labels.put("severity", severity.word());
    labels.put("incident", incident.dedupKey());
    ObjectNode annotations = alert.putObject("annotations");
    annotations.put("summary", notification.text().headline());
    annotations.put("description", Json.cut(notification.text().complete(), LONGEST_TEXT));
    annotations.put("kind", incident.kind().word());
    annotations.put("cause", incident.cause().word());
    annotations.put("side", incident.attribution().side().word());
    annotations.put("component", incident.attribution().component());
    annotations.put("share", incident.share().toString());
    annotations.put("incident_id", incident.id());
    notification.text().runbooks().stream()
        .findFirst()
        .ifPresent(runbook -> annotations.put("runbook_url", runbook));
    alert.put("startsAt", incident.openedAt().toString());
    alert.put("endsAt", ends(incident, notification, over).toString());
    if (!notification.link().isEmpty()) {
      alert.put("generatorURL", notification.link());
    }
    return alert;
  }

  private Instant ends(Incident incident, Notification notification, boolean over) {
    if (!over) {
      return clock.instant().plus(HOLDS);
    }
    Instant resolved = incident.resolvedAt();
    Instant end = resolved == null ? notification.at() : resolved;
    // An end before the start is refused, and one in the future is none.
    return end.isAfter(incident.openedAt()) ? end : incident.openedAt().plusMillis(1);
  }
}
