package io.mailcanary.web;

import io.mailcanary.store.StoredEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What happened to a canary, with the words of others as they were said.
final class Story {
  private static final Set<String> SAID =
      Set.of("text", "code", "enhanced", "failure", "diagnostic", "startedAt", "times", "earlier");
  private static final Set<String> DRAWN = Set.of("hops", "waits", "hopsOut");

  private Story() {}

  /// One event.
  ///
  /// @param words what somebody said, word for word; may be empty
  /// @param facts the rest
  record Event(Instant at, String shape, String title, List<String> words, List<Fact> facts) {}

  record Fact(String key, String value) {}

  static List<Event> of(List<StoredEvent> events) {
    return events.stream().map(Story::event).toList();
  }

  private static Event event(StoredEvent event) {
    Map<String, Object> detail = event.detail();
    List<String> words = new ArrayList<>();
    say(detail, words);
    List<Fact> facts = new ArrayList<>();
    detail.forEach((key, value) -> {
      if (!SAID.contains(key) && !DRAWN.contains(key) && !String.valueOf(value).isEmpty()) {
        facts.add(new Fact(Words.label(key), value(value)));
      }
    });
    return new Event(event.at(), shape(event.kind()), title(event), words, facts);
  }

  private static void say(Map<?, ?> detail, List<String> words) {
    if (detail.get("earlier") instanceof List<?> earlier) {
      for (Object one : earlier) {
        if (one instanceof Map<?, ?> other) {
          List<String> said = new ArrayList<>();
          say(other, said);
          said.forEach(line -> words.add(other.get("host") + ": " + line));
        }
      }
    }
    Object text = detail.get("text");
    if (text != null) {
      Object code = detail.get("code");
      Object enhanced = detail.get("enhanced");
      boolean told = enhanced == null || text.toString().startsWith(enhanced.toString());
      words.add((code == null ? "" : code + " ") + (told ? "" : enhanced + " ") + text);
    }
    if (detail.get("diagnostic") instanceof String diagnostic && !diagnostic.isEmpty()) {
      words.add(diagnostic);
    }
    if (detail.get("failure") instanceof Map<?, ?> failure) {
      words.add(failure.get("kind") + ": " + failure.get("words"));
    }
  }

  private static String value(Object value) {
    if (value instanceof Map<?, ?> map) {
      List<String> parts = new ArrayList<>();
      map.forEach((key, one) -> parts.add(Words.label(String.valueOf(key)) + " " + value(one)));
      return String.join(", ", parts);
    }
    if (value instanceof List<?> list) {
      return String.join("; ", list.stream().map(one -> value(one)).toList());
    }
    return String.valueOf(value);
  }

  private static String shape(String kind) {
    return switch (kind) {
      case "accepted", "sighted", "far-end", "answer-seen", "answered" -> "ok";
      case "deferred", "delay-reported", "found-in-queue", "in-doubt" -> "deferring";
      case "rejected", "bounced", "refused-by-receiver" -> "failing";
      default -> "pending";
    };
  }

  private static String title(StoredEvent event) {
    Map<String, Object> detail = event.detail();
    Object host = detail.getOrDefault("host", "the relay");
    Object stage = detail.getOrDefault("stage", "");
    return switch (event.kind()) {
      case "scheduled" -> "put on record";
      case "attempt-started" -> "an attempt to hand it over begins";
      case "accepted" -> "%s took it".formatted(host);
      case "deferred" -> "%s refused it for now, at %s".formatted(host, stage);
      case "rejected" -> "%s refused it for good, at %s".formatted(host, stage);
      case "in-doubt" -> "%s may have taken it: the dialogue broke at %s".formatted(host, stage);
      case "sighted" -> "seen in %s of %s".formatted(detail.get("folder"), detail.get("mailbox"));
      case "bounced" -> "a failure report came back";
      case "delay-reported" -> "a delay report came back";
      case "progress-reported" -> "a report of its progress came back";
      case "refused-by-receiver" -> "our own receiver refused an attempt";
      case "found-in-queue" -> "found in a queue";
      case "far-end" -> "reached the far end";
      case "answer-seen" -> "the answer was seen";
      case "answered" -> "answered from the far end";
      case "authenticated" -> "its authentication was read";
      case "checked" -> "looked for";
      case "recovered" -> "this service started again";
      case "clock-stepped" -> "our own clock was set";
      default -> event.kind();
    };
  }
}
