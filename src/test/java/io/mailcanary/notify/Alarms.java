package io.mailcanary.notify;

import io.mailcanary.canary.Cause;
import io.mailcanary.incident.Attribution;
import io.mailcanary.incident.ChangeBefore;
import io.mailcanary.incident.Incident;
import io.mailcanary.incident.IncidentKind;
import io.mailcanary.incident.IncidentState;
import io.mailcanary.incident.Notification;
import io.mailcanary.incident.Notification.Event;
import io.mailcanary.incident.Notification.PageText;
import io.mailcanary.incident.Share;
import io.mailcanary.incident.TimelineEntry;
import io.mailcanary.mail.Severity;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Incidents and notifications for tests.
public final class Alarms {
  public static final Instant START = Instant.parse("2026-11-21T10:04:00Z");

  private Alarms() {}

  public static Incident incident(String id, Severity severity) {
    return new Incident(
        id,
        "mx-gone:" + id,
        IncidentState.OPEN,
        severity,
        IncidentKind.DEFERRING,
        "MX of notify.corp.test is gone: 3 of 8 receivers defer <all> & say 4.1.8",
        List.of("corp-to-a", "corp-to-b", "corp-to-c"),
        new Share(3, 8),
        Cause.SENDER_DOMAIN,
        new Attribution(
            Attribution.Side.OURS,
            "MX notify.corp.test",
            Attribution.Confidence.PROVEN,
            List.of("receiver a says: 450 4.1.8 <notify.corp.test>: Domain not found")),
        List.of(new ChangeBefore("7", START.minusSeconds(360), "MX of notify.corp.test gone")),
        List.of(
            new TimelineEntry(
                START,
                TimelineEntry.Kind.OPENED,
                "opened",
                List.of("450 4.1.8 Domain not found “ü”"))),
        List.of("Put the MX back."),
        List.of("https://wiki.example/mail"),
        START,
        null,
        null);
  }

  public static Incident acknowledged(Incident incident) {
    return as(
        incident, IncidentState.ACKNOWLEDGED, incident.severity(), START.plusSeconds(60), null);
  }

  public static Incident resolved(Incident incident) {
    return as(
        incident,
        IncidentState.RESOLVED,
        incident.severity(),
        incident.acknowledgedAt(),
        START.plusSeconds(600));
  }

  public static Incident as(Incident incident, Severity severity) {
    return as(incident, incident.state(), severity, incident.acknowledgedAt(), null);
  }

  /// The same incident when it happens at another time.
  public static Incident at(Incident incident, Instant openedAt) {
    return new Incident(
        incident.id(),
        incident.dedupKey(),
        incident.state(),
        incident.severity(),
        incident.kind(),
        incident.title(),
        incident.paths(),
        incident.share(),
        incident.cause(),
        incident.attribution(),
        incident.changesBefore(),
        incident.timeline(),
        incident.advice(),
        incident.runbooks(),
        openedAt,
        incident.acknowledgedAt(),
        incident.resolvedAt());
  }

  private static Incident as(
      Incident incident,
      IncidentState state,
      Severity severity,
      @Nullable Instant acknowledgedAt,
      @Nullable Instant resolvedAt) {
    return new Incident(
        incident.id(),
        incident.dedupKey(),
        state,
        severity,
        incident.kind(),
        incident.title(),
        incident.paths(),
        incident.share(),
        incident.cause(),
        incident.attribution(),
        incident.changesBefore(),
        incident.timeline(),
        incident.advice(),
        incident.runbooks(),
        incident.openedAt(),
        acknowledgedAt,
        resolvedAt);
  }

  /// The same of which nothing is known but what it is called: its title, component and paths.
  public static Incident bare(Incident incident, String called) {
    return new Incident(
        incident.id(),
        incident.dedupKey(),
        incident.state(),
        incident.severity(),
        incident.kind(),
        called,
        called.isEmpty() ? List.of() : List.of(called),
        new Share(0, 0),
        Cause.UNKNOWN,
        new Attribution(
            Attribution.Side.UNKNOWN, called, Attribution.Confidence.UNKNOWN, List.of()),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        incident.openedAt(),
        null,
        null);
  }

  public static Notification notification(Event event, Incident incident) {
    return new Notification(
        event,
        incident,
        START.plusSeconds(event.ordinal()),
        new PageText(
            incident.title(),
            incident.title(),
            incident.title() + "\n\nEvidence: 450 4.1.8 Domain not found\nPut the MX back.",
            incident.runbooks()),
        "https://probe.example/incidents/" + incident.id(),
        "https://probe.example/api/v1/incidents/" + incident.id());
  }
}
