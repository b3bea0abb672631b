package io.mailcanary.config;

import io.mailcanary.incident.IncidentKind;
import io.mailcanary.incident.Match;
import io.mailcanary.mail.Severity;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// The keys that say which incidents are meant.
final class MatchKeys {
  private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final int MOST_LABELS = 50;

  private final Key.Maybe<Severity> severity;
  private final Key.Maybe<IncidentKind> kind;
  private final Key.Maybe<String> path;
  private final Key.Maybe<String> group;
  private final Key.Sure<Map<String, String>> labels;

  MatchKeys(Table<?> table) {
    severity = table.optional("severity", Kinds.severity(), "Only incidents that weigh as much.");
    kind = table.optional("kind", Kinds.oneOf(IncidentKind.class), "Only incidents of this kind.");
    path =
        table.optional(
            "path", Kinds.reference(Section.PATHS, Set.of()), "Only incidents that hit this path.");
    group =
        table.optional(
            "group",
            Kinds.line("the name of a group", 100),
            "Only incidents that hit a path of this group.");
    labels =
        table.key(
            "labels",
            Kinds.mapOf(
                "names with a text each",
                LABEL,
                MOST_LABELS,
                Kinds.line("a text of one line", 200)),
            Map.of(),
            "Only incidents that hit a path with all of these labels.");
  }

  boolean isGiven(Row row) {
    return row.has(severity) || row.has(kind) || row.has(path) || row.has(group) || row.has(labels);
  }

  Match build(Row row) {
    return new Match(
        row.find(severity), row.find(kind), row.find(path), row.find(group), row.get(labels));
  }
}
