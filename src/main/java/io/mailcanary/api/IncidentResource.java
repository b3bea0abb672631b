package io.mailcanary.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mailcanary.incident.Incident;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// An incident in JSON.
///
/// @param dedupKey the same for the same root cause
/// @param advice what to do
@JsonInclude(JsonInclude.Include.ALWAYS)
public record IncidentResource(
    String id,
    String dedupKey,
    String state,
    String severity,
    String kind,
    String title,
    List<String> paths,
    Share share,
    String cause,
    Attribution attribution,
    List<ChangeBefore> changesBefore,
    List<Entry> timeline,
    List<String> advice,
    List<String> runbooks,
    String openedAt,
    @Nullable String acknowledgedAt,
    @Nullable String resolvedAt) {

  /// How many of those that could be hit are.
  public record Share(int failing, int of) {}

  /// Whose side, and what says so.
  public record Attribution(String side, String component, String confidence, List<String> proof) {}

  /// What changed shortly before.
  public record ChangeBefore(String id, String at, String sentence) {}

  /// One step of it.
  public record Entry(String at, String kind, String text, List<String> evidence) {}

  static IncidentResource of(Incident incident) {
    return new IncidentResource(
        incident.id(),
        incident.dedupKey(),
        incident.state().word(),
        incident.severity().word(),
        incident.kind().word(),
        incident.title(),
        incident.paths(),
        new Share(incident.share().failing(), incident.share().of()),
        incident.cause().word(),
        new Attribution(
            incident.attribution().side().word(),
            incident.attribution().component(),
            incident.attribution().confidence().word(),
            incident.attribution().proof()),
        incident.changesBefore().stream()
            .map(one -> new ChangeBefore(one.id(), one.at().toString(), one.sentence()))
            .toList(),
        incident.timeline().stream()
            .map(one ->
                new Entry(
                    one.at().toString(),
                    one.kind().word().toLowerCase(Locale.ROOT),
                    one.text(),
                    one.evidence()))
            .toList(),
        incident.advice(),
        incident.runbooks(),
        incident.openedAt().toString(),
        text(incident.acknowledgedAt()),
        text(incident.resolvedAt()));
  }

  private static @Nullable String text(@Nullable Instant at) {
    return at == null ? null : at.toString();
  }
}
