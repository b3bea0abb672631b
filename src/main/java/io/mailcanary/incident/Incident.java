package io.mailcanary.incident;

import io.mailcanary.canary.Cause;
import io.mailcanary.mail.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What people are told about: one root cause, the paths it hits, and what proves it.
///
/// @param id grows with the time of opening
/// @param dedupKey the same for the same root cause, from every replica and after every restart
/// @param severity `PAGE` or `WARN`
/// @param title one line: what broke, and for whom
/// @param paths their names, in order
/// @param advice what to do, a sentence each
/// @param runbooks of the paths that have one
/// @param openedAt since when it breaks, as far as we saw
public record Incident(
    String id,
    String dedupKey,
    IncidentState state,
    Severity severity,
    IncidentKind kind,
    String title,
    List<String> paths,
    Share share,
    Cause cause,
    Attribution attribution,
    List<ChangeBefore> changesBefore,
    List<TimelineEntry> timeline,
    List<String> advice,
    List<String> runbooks,
    Instant openedAt,
    @Nullable Instant acknowledgedAt,
    @Nullable Instant resolvedAt) {

  public Incident {
    paths = List.copyOf(paths);
    changesBefore = List.copyOf(changesBefore);
    timeline = List.copyOf(timeline);
    advice = List.copyOf(advice);
    runbooks = List.copyOf(runbooks);
  }

  /// The same after somebody took it on.
  ///
  /// @param who empty when it is not known
  public Incident acknowledged(String who, Instant at) {
    String reason = who.isEmpty() ? "acknowledged" : "acknowledged by " + who;
    List<TimelineEntry> longer = new ArrayList<>(timeline);
    longer.add(new TimelineEntry(at, TimelineEntry.Kind.ACKNOWLEDGED, reason, List.of()));
    return with(IncidentState.ACKNOWLEDGED, longer, at, null);
  }

  /// The same after its end.
  Incident resolved(
      List<TimelineEntry> longer, @Nullable Instant acknowledged, @Nullable Instant at) {
    return with(IncidentState.RESOLVED, longer, acknowledged, at);
  }

  private Incident with(
      IncidentState next,
      List<TimelineEntry> longer,
      @Nullable Instant acknowledged,
      @Nullable Instant resolved) {
    return new Incident(
        id,
        dedupKey,
        next,
        severity,
        kind,
        title,
        paths,
        share,
        cause,
        attribution,
        changesBefore,
        longer,
        advice,
        runbooks,
        openedAt,
        acknowledged,
        resolved);
  }

  /// Whether it still goes on.
  public boolean isOpen() {
    return state != IncidentState.RESOLVED;
  }
}
