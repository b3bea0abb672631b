package io.mailcanary.dispatch;

import io.mailcanary.canary.Cause;
import io.mailcanary.incident.Attribution;
import io.mailcanary.incident.Incident;
import io.mailcanary.incident.IncidentKind;
import io.mailcanary.incident.IncidentState;
import io.mailcanary.incident.Notification;
import io.mailcanary.incident.Notification.Event;
import io.mailcanary.incident.Notification.PageText;
import io.mailcanary.incident.Share;
import io.mailcanary.incident.TimelineEntry;
import io.mailcanary.mail.Severity;
import io.mailcanary.notify.Notifier;
import io.mailcanary.notify.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An incident that says of itself that it is none: opened and, where that went well, resolved.
final class TestAlarm {
  private TestAlarm() {}

  static TestResult send(String channel, Notifier notifier, Instant now)
      throws InterruptedException {
    String id = "test-" + UUID.randomUUID();
    String opened = "TEST of channel %s: nothing is wrong".formatted(channel);
    Outcome first =
        notifier.tell(id, notification(Event.OPENED, incident(id, opened, now, null), now));
    if (!(first instanceof Outcome.Taken)) {
      return new TestResult(channel, false, first.words());
    }
    // One who forgets lets it end by itself; else it would be over before anybody is told.
    if (notifier.standing().isWanted()) {
      return new TestResult(channel, true, first.words());
    }
    String over = "TEST of channel %s is over".formatted(channel);
    Instant end = now.plusMillis(1);
    Outcome second =
        notifier.tell(
            id + "-over", notification(Event.RESOLVED, incident(id, over, now, end), end));
    return new TestResult(channel, second instanceof Outcome.Taken, second.words());
  }

  private static Incident incident(
      String id, String title, Instant now, @Nullable Instant resolvedAt) {
    return new Incident(
        id,
        id,
        resolvedAt == null ? IncidentState.OPEN : IncidentState.RESOLVED,
        Severity.WARN,
        IncidentKind.SILENT,
        title,
        List.of(),
        new Share(0, 0),
        Cause.NONE,
        Attribution.UNKNOWN,
        List.of(),
        List.of(new TimelineEntry(now, TimelineEntry.Kind.OPENED, title, List.of())),
        List.of("Nothing has to be done."),
        List.of(),
        now,
        null,
        resolvedAt);
  }

  private static Notification notification(Event event, Incident incident, Instant at) {
    String complete = incident.title() + ". Somebody wanted to see whether this channel works.";
    return new Notification(
        event,
        incident,
        at,
        new PageText(incident.title(), incident.title(), complete, List.of()),
        "",
        "");
  }
}
