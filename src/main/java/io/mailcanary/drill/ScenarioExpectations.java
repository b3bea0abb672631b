package io.mailcanary.drill;

import static io.mailcanary.drill.ScenarioSteps.constant;

import io.mailcanary.canary.CanaryState;
import io.mailcanary.canary.Cause;
import io.mailcanary.drill.Scenario.Expected;
import io.mailcanary.drill.Scenario.Sought;
import io.mailcanary.drill.Scenario.Unwanted;
import io.mailcanary.incident.Attribution;
import io.mailcanary.incident.IncidentKind;
import io.mailcanary.incident.Notification;
import io.mailcanary.mail.Severity;
import io.mailcanary.verdict.Health;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Reads what a drill expects, and what it never wants to see.
final class ScenarioExpectations {
  static final Set<String> EXPECT =
      Set.of(
          "after",
          "by",
          "path",
          "health",
          "says",
          "canary",
          "incident",
          "severity",
          "kind",
          "cause",
          "side",
          "changed",
          "resolved",
          "notification",
          "event",
          "channel");
  static final Set<String> NEVER =
      Set.of(
          "path",
          "health",
          "canary",
          "incident",
          "severity",
          "kind",
          "cause",
          "side",
          "changed",
          "notification",
          "event");

  /// Whatever is not expected.
  private static final String OTHERS = "*";

  private ScenarioExpectations() {}

  static Expected expected(ScenarioRow row) throws ScenarioException {
    Duration after = row.timeOr("after", Duration.ZERO);
    Duration by = row.time("by");
    if (by.compareTo(after) <= 0) {
      throw row.wrong("by", "is not later than 'after'");
    }
    return switch (row.oneOf("path", "incident", "resolved", "notification")) {
      case "path" ->
          row.oneOf("health", "canary").equals("health")
              ? new Expected.OfPath(
                  after,
                  by,
                  row.text("path"),
                  health(row, row.text("health")),
                  row.textOr("says", ""))
              : new Expected.OfCanary(after, by, row.text("path"), state(row, row.text("canary")));
      case "incident" -> new Expected.OfIncident(after, by, sought(row));
      case "resolved" -> new Expected.Resolved(after, by, row.text("resolved"));
      default ->
          new Expected.OfNotification(
              after, by, row.text("notification"), event(row), row.textOr("channel", ""));
    };
  }

  static Unwanted unwanted(ScenarioRow row) throws ScenarioException {
    return switch (row.oneOf("path", "incident", "notification")) {
      case "path" -> {
        if (row.oneOf("health", "canary").equals("canary")) {
          Set<String> states = new HashSet<>();
          for (String word : row.texts("canary")) {
            states.add(state(row, word));
          }
          yield new Unwanted.OfCanary(row.text("path"), states);
        }
        Set<Health> healths = EnumSet.noneOf(Health.class);
        for (String word : row.texts("health")) {
          healths.add(health(row, word));
        }
        yield new Unwanted.OfPath(row.text("path"), healths);
      }
      case "incident" ->
          row.text("incident").equals(OTHERS)
              ? new Unwanted.OtherIncident()
              : new Unwanted.OfIncident(sought(row));
      default -> new Unwanted.OfNotification(row.text("notification"), event(row));
    };
  }

  private static Sought sought(ScenarioRow row) throws ScenarioException {
    return new Sought(
        row.text("incident"),
        severity(row),
        row.has("kind")
            ? Optional.of(constant(row, "kind", IncidentKind.values()))
            : Optional.empty(),
        row.has("cause") ? Optional.of(constant(row, "cause", Cause.values())) : Optional.empty(),
        row.has("side")
            ? Optional.of(constant(row, "side", Attribution.Side.values()))
            : Optional.empty(),
        row.textOr("changed", ""));
  }

  private static Optional<Severity> severity(ScenarioRow row) throws ScenarioException {
    return switch (row.textOr("severity", "")) {
      case "" -> Optional.empty();
      case "page" -> Optional.of(Severity.PAGE);
      case "warn" -> Optional.of(Severity.WARN);
      default ->
          throw row.wrong(
              "severity", "is '%s', allowed are page and warn".formatted(row.text("severity")));
    };
  }

  private static String event(ScenarioRow row) throws ScenarioException {
    return row.has("event") ? constant(row, "event", Notification.Event.values()).word() : "";
  }

  private static String state(ScenarioRow row, String word) throws ScenarioException {
    if (!CanaryState.WORDS.contains(word)) {
      throw row.wrong("canary", notAllowed(word, CanaryState.WORDS));
    }
    return word;
  }

  private static Health health(ScenarioRow row, String word) throws ScenarioException {
    return Arrays.stream(Health.values())
        .filter(health -> health.word().equals(word))
        .findFirst()
        .orElseThrow(() ->
            row.wrong(
                "health",
                notAllowed(word, Arrays.stream(Health.values()).map(Health::word).toList())));
  }

  private static String notAllowed(String word, List<String> words) {
    return "is '%s', allowed are %s"
        .formatted(word, words.stream().collect(Collectors.joining(", ")));
  }
}
