package io.mailcanary.incident;

import io.mailcanary.incident.Notification.Event;
import io.mailcanary.incident.Notification.PageText;
import io.mailcanary.verdict.Words;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Writes what people read.
public final class PageWriter {
  private static final int HEADLINE = 1024;
  private static final int BRIEF = 300;
  private static final int MOST_LINES = 60;
  private static final int MOST_PATHS = 20;

  private PageWriter() {}

  /// Writes a notification.
  ///
  /// @param reason why people are told now, a sentence
  /// @param baseUrl of this service's own pages; empty when none is configured
  public static Notification of(
      Event event, Incident incident, String reason, String baseUrl, Instant now) {
    String base = baseUrl.endsWith("/") ? baseUrl.substring(0, baseUrl.length() - 1) : baseUrl;
    String link = base.isEmpty() ? "" : base + "/incidents/" + incident.id();
    String api = base.isEmpty() ? "" : base + "/api/v1/incidents/" + incident.id();
    String headline = Sentences.cut(headline(event, incident, now), HEADLINE);
    return new Notification(
        event,
        incident,
        now,
        new PageText(
            headline,
            brief(headline, incident),
            complete(event, incident, reason, headline, link, api),
            incident.runbooks()),
        link,
        api);
  }

  private static String headline(Event event, Incident incident, Instant now) {
    String since = Sentences.time(incident.openedAt(), now);
    String took = Words.of(Duration.between(incident.openedAt(), end(incident, now)));
    String what =
        switch (event) {
          case OPENED -> "";
          case UPDATED -> "Update: ";
          case ACKNOWLEDGED -> "Acknowledged: ";
          case RESOLVED -> "Resolved after " + took + ": ";
          case REMINDER -> "Still so after " + took + ": ";
        };
    return "%s%s; since %s UTC; %s; %s"
        .formatted(what, stripped(incident.title()), since, whom(incident), side(incident));
  }

  private static Instant end(Incident incident, Instant now) {
    Instant resolved = incident.resolvedAt();
    return resolved == null ? now : resolved;
  }

  private static String whom(Incident incident) {
    int paths = incident.paths().size();
    int failing = incident.share().failing();
    if (paths > 0 && failing == 0) {
      return "no canary fails, %s"
          .formatted(
              paths == 1
                  ? "path " + incident.paths().getFirst() + " depends on it"
                  : "%d paths depend on it (%s)"
                      .formatted(paths, Sentences.list(incident.paths())));
    }
    if (failing < paths) {
      return "for %d of %d paths that depend on it".formatted(failing, paths);
    }
    return switch (paths) {
      case 0 -> "no path hit yet";
      case 1 -> "for path " + incident.paths().getFirst();
      default -> "for %d paths (%s)".formatted(paths, Sentences.list(incident.paths()));
    };
  }

  private static String side(Incident incident) {
    Attribution attribution = incident.attribution();
    String side =
        switch (attribution.side()) {
          case OURS -> "our side";
          case THEIRS -> "their side";
          case THIRD -> "a third party's side";
          case OBSERVER -> "the observer itself";
          case UNKNOWN -> "nothing says whose side";
        };
    return side + confidence(incident);
  }

  private static String confidence(Incident incident) {
    return switch (incident.attribution().confidence()) {
      case PROVEN -> ", proven";
      case LIKELY -> ", likely";
      case UNKNOWN -> "";
    };
  }

  private static String brief(String headline, Incident incident) {
    String more =
        incident.changesBefore().isEmpty()
            ? newestEvidence(incident)
            : incident.changesBefore().getFirst().sentence();
    if (more == null || more.isEmpty() || headline.length() + 3 >= BRIEF) {
      return Sentences.cut(headline, BRIEF);
    }
    return Sentences.cut(headline + ". " + more, BRIEF);
  }

  private static @Nullable String newestEvidence(Incident incident) {
    List<TimelineEntry> timeline = incident.timeline();
    for (int i = timeline.size() - 1; i >= 0; i--) {
      if (!timeline.get(i).evidence().isEmpty()) {
        return timeline.get(i).evidence().getLast();
      }
    }
    return null;
  }

  private static String complete(
      Event event, Incident incident, String reason, String headline, String link, String api) {
    List<String> lines = new ArrayList<>();
    lines.add(headline);
    lines.add("");
    lines.add("Why you are told: " + reason);
    section(lines, "Evidence", evidence(incident));
    section(lines, "Whose side, and what says so", proof(incident));
    section(
        lines,
        "What changed before",
        incident.changesBefore().stream().map(ChangeBefore::sentence).toList());
    if (event != Event.RESOLVED) {
      section(lines, "What to do", incident.advice());
    }
    section(lines, "Corrected", corrections(incident));
    section(
        lines,
        incident.share().failing() < incident.paths().size()
            ? "Paths that depend on it (%d fail)".formatted(incident.share().failing())
            : "Paths",
        incident.paths().size() <= MOST_PATHS
            ? incident.paths()
            : List.of(Sentences.list(incident.paths())));
    section(lines, "Runbook", incident.runbooks());
    section(lines, "Links", List.of(link, api).stream().filter(one -> !one.isEmpty()).toList());
    lines.add("");
    lines.add(
        "%s, cause %s, %s, key %s"
            .formatted(
                incident.kind().word(),
                incident.cause().word(),
                incident.state().word().toLowerCase(Locale.ROOT),
                incident.dedupKey()));
    return String.join("\n", lines);
  }

  private static List<String> evidence(Incident incident) {
    List<String> lines = new ArrayList<>();
    for (TimelineEntry entry : incident.timeline()) {
      for (String line : entry.evidence()) {
        if (!lines.contains(line) && lines.size() < MOST_LINES) {
          lines.add(line);
        }
      }
    }
    return lines;
  }

  private static List<String> proof(Incident incident) {
    List<String> lines = new ArrayList<>();
    lines.add(incident.attribution().whose() + confidence(incident));
    lines.addAll(incident.attribution().proof());
    return lines;
  }

  private static List<String> corrections(Incident incident) {
    return incident.timeline().stream()
        .filter(entry -> entry.kind() == TimelineEntry.Kind.CORRECTED)
        .map(TimelineEntry::text)
        .toList();
  }

  private static void section(List<String> lines, String title, List<String> content) {
    if (!content.isEmpty()) {
      lines.add("");
      lines.add(title + ":");
      content.forEach(line -> lines.add("  " + line.replace("\n", "\n  ")));
    }
  }

  private static String stripped(String title) {
    return title.endsWith(".") ? title.substring(0, title.length() - 1) : title;
  }
}
