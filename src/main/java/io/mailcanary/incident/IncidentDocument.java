package io.mailcanary.incident;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An incident as it stands in JSON, in the API and in webhooks alike: maps, lists, texts and
/// numbers.
public final class IncidentDocument {
  private IncidentDocument() {}

  public static Map<String, @Nullable Object> of(Incident incident) {
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("id", incident.id());
    document.put("dedupKey", incident.dedupKey());
    document.put("state", incident.state().word());
    document.put("severity", incident.severity().word());
    document.put("kind", incident.kind().word());
    document.put("title", incident.title());
    document.put("paths", incident.paths());
    document.put("share", share(incident.share()));
    document.put("cause", incident.cause().word());
    document.put("attribution", attribution(incident.attribution()));
    document.put("changesBefore", changes(incident.changesBefore()));
    document.put("timeline", timeline(incident.timeline()));
    document.put("advice", incident.advice());
    document.put("runbooks", incident.runbooks());
    document.put("openedAt", incident.openedAt().toString());
    document.put("acknowledgedAt", text(incident.acknowledgedAt()));
    document.put("resolvedAt", text(incident.resolvedAt()));
    return document;
  }

  private static Map<String, Object> share(Share share) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("failing", share.failing());
    map.put("of", share.of());
    return map;
  }

  private static Map<String, Object> attribution(Attribution attribution) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("side", attribution.side().word());
    map.put("component", attribution.component());
    map.put("confidence", attribution.confidence().word());
    map.put("proof", attribution.proof());
    return map;
  }

  private static List<Map<String, Object>> changes(List<ChangeBefore> changes) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (ChangeBefore change : changes) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("id", change.id());
      map.put("at", change.at().toString());
      map.put("sentence", change.sentence());
      list.add(map);
    }
    return list;
  }

  private static List<Map<String, Object>> timeline(List<TimelineEntry> entries) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (TimelineEntry entry : entries) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("at", entry.at().toString());
      map.put("kind", entry.kind().word());
      map.put("text", entry.text());
      map.put("evidence", entry.evidence());
      list.add(map);
    }
    return list;
  }

  private static @Nullable String text(@Nullable Instant at) {
    return at == null ? null : at.toString();
  }
}
