package io.mailcanary.incident;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/// What one channel is to tell: an incident as it was when it was decided, in words.
///
/// @param text for people
/// @param link to the incident's page; empty when no base URL is configured
/// @param api the incident's resource; empty when no base URL is configured
public record Notification(
    Event event, Incident incident, Instant at, PageText text, String link, String api) {
  public enum Event {
    OPENED,
    UPDATED,
    ACKNOWLEDGED,
    RESOLVED,
    REMINDER;

    /// As it stands in the webhook's body.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// Reads [#word()] back.
    public static Event of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }

  /// The words of a page.
  ///
  /// @param headline what broke, since when, for whom, whose side: one line of at most 1,024
  ///   characters
  /// @param brief headline and the most important line of evidence, for a phone: at most 300
  ///   characters
  /// @param complete everything: evidence word for word, what changed, what to do, runbook, links
  /// @param runbooks links
  public record PageText(String headline, String brief, String complete, List<String> runbooks) {
    public PageText {
      runbooks = List.copyOf(runbooks);
    }
  }
}
