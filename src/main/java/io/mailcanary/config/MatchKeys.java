package io.mailcanary.config;

import io.mailcanary.incident.IncidentKind;
import io.mailcanary.incident.Match;
import io.mailcanary.mail.Severity;
import io.mailcanary.path.MailPath;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

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

  /// What no path has is a slip of the pen: nobody would ever be told.
  void check(Row row) {
    row.reader()
        .allPaths()
        .ifPresent(paths -> {
          Set<String> groups =
              paths.stream()
                  .flatMap(one -> one.group().stream())
                  .collect(Collectors.toCollection(TreeSet::new));
          Optional<String> wanted = row.find(group);
          if (wanted.isPresent() && !groups.contains(wanted.get())) {
            row.fault(
                group,
                "%s is the group of no path, %s"
                    .formatted(Scalar.quote(wanted.get()), Nearest.among(wanted.get(), groups)));
          } else if (row.has(labels) && paths.stream().noneMatch(one -> isMeant(row, one))) {
            row.fault(labels, "fit no path, expected labels that some path has");
          }
        });
  }

  private boolean isMeant(Row row, MailPath one) {
    return row.find(path).map(one.name()::equals).orElse(true)
        && row.find(group).map(name -> one.group().equals(Optional.of(name))).orElse(true)
        && one.labels().entrySet().containsAll(row.find(labels).orElse(Map.of()).entrySet());
  }

  Match build(Row row) {
    return new Match(
        row.find(severity), row.find(kind), row.find(path), row.find(group), row.get(labels));
  }
}
