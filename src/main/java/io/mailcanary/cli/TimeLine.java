package io.mailcanary.cli;

import io.mailcanary.api.CanaryResource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// What a canary went through, a line a step.
final class TimeLine {
  private TimeLine() {}

  static List<String> of(CanaryResource canary) {
    List<String> lines = new ArrayList<>();
    lines.add("canary " + canary.id() + " on path " + canary.path());
    Instant start = Instant.parse(canary.scheduledAt());
    for (Map<String, Object> event :
        Objects.requireNonNullElse(canary.events(), List.<Map<String, Object>>of())) {
      Instant at = Instant.parse(String.valueOf(event.get("at")));
      lines.add(
          "%s  %-12s %s"
              .formatted(offset(start, at), event.get("kind"), detail(event))
              .stripTrailing());
    }
    for (Map<String, Object> hop :
        Objects.requireNonNullElse(canary.hops(), List.<Map<String, Object>>of())) {
      lines.add(hop(hop));
    }
    return lines;
  }

  private static String hop(Map<String, Object> hop) {
    Object delay = hop.get("delaySeconds");
    return "%11s  hop          %s"
        .formatted(
            delay instanceof Number seconds
                ? String.format(Locale.ROOT, "+%.0f s", seconds.doubleValue())
                : "",
            String.join(
                " ",
                List.of(
                    word("from", hop.get("from")),
                    word("by", hop.get("by")),
                    word("with", hop.get("with")))))
        .stripTrailing();
  }

  private static String word(String name, @org.jspecify.annotations.Nullable Object value) {
    return value == null ? "" : name + " " + value;
  }

  private static String detail(Map<String, Object> event) {
    if (event.containsKey("code")) {
      return "%s at %s: %s %s"
          .formatted(
              event.get("host"), event.get("stage"), event.get("code"), oneLine(event.get("text")));
    }
    if (event.get("failure") instanceof Map<?, ?> failure) {
      return "%s at %s: %s"
          .formatted(event.get("host"), event.get("stage"), oneLine(failure.get("words")));
    }
    if (event.containsKey("folder")) {
      return "in folder %s of mailbox %s".formatted(event.get("folder"), event.get("mailbox"));
    }
    return "";
  }

  private static String oneLine(@org.jspecify.annotations.Nullable Object text) {
    return String.valueOf(text).replace('\n', ' ');
  }

  private static String offset(Instant start, Instant at) {
    return String.format(Locale.ROOT, "%9.3f s", Duration.between(start, at).toNanos() / 1e9);
  }
}
