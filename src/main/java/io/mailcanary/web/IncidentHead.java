package io.mailcanary.web;

import io.mailcanary.incident.Attribution;
import io.mailcanary.incident.Incident;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// An incident in two lines: what broke, for whom, since when, whose side.
///
/// @param shape of its mark
/// @param before what changed last before it began; empty where nothing did
record IncidentHead(
    String id,
    String title,
    String state,
    String severity,
    String shape,
    Instant openedAt,
    @Nullable Instant resolvedAt,
    String lasted,
    String side,
    String share,
    String before,
    boolean open,
    boolean unacknowledged) {

  static IncidentHead of(Incident incident, Instant now) {
    Attribution whose = incident.attribution();
    Instant resolved = incident.resolvedAt();
    return new IncidentHead(
        incident.id(),
        incident.title(),
        incident.state().word(),
        incident.severity().word(),
        incident.isOpen() ? shape(incident) : "ok",
        incident.openedAt(),
        resolved,
        Times.rough(Duration.between(incident.openedAt(), resolved == null ? now : resolved)),
        Words.side(whose.side().word(), whose.confidence().word()),
        share(incident),
        incident.changesBefore().isEmpty() ? "" : incident.changesBefore().getFirst().sentence(),
        incident.isOpen(),
        incident.state().word().equals("open"));
  }

  private static String share(Incident incident) {
    int of = incident.share().of();
    if (of < 2) {
      return "";
    }
    return incident.share().failing() == 0
        ? "%d paths depend on it".formatted(of)
        : "%s paths".formatted(incident.share());
  }

  /// What it is about says more than how loud it is.
  private static String shape(Incident incident) {
    return switch (incident.kind()) {
      case DEFERRING, QUEUE, SILENT -> "deferring";
      case BLIND -> "blind";
      case BOUNCING, LOSING -> "failing";
      case SLOW, MISFILED, DUPLICATED -> "degraded";
      case DNS, TLS, AUTHENTICATION ->
          incident.severity().word().toLowerCase(Locale.ROOT).equals("page")
              ? "failing"
              : "degraded";
    };
  }
}
