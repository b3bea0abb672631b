package io.mailcanary.api;

import io.mailcanary.mail.Severity;
import io.mailcanary.verdict.Change;
import io.mailcanary.watch.ChangeLog;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes markers: somebody says what they did, so that what is seen next may have to do with it.
@Singleton
public final class Markers {
  private static final int LONGEST_WHAT = 1_000;
  private static final int LONGEST_WHO = 200;
  private static final Duration FUTURE = Duration.ofMinutes(5);

  private final ChangeLog changes;
  private final InstantSource clock;

  Markers(ChangeLog changes, InstantSource clock) {
    this.changes = changes;
    this.clock = clock;
  }

  /// Leaves one.
  ///
  /// @param who null: nobody says
  /// @param at null: now
  /// @throws IllegalArgumentException when something is not as expected; it says what is
  public Change leave(@Nullable String what, @Nullable String who, @Nullable String at) {
    String sentence = checked("what", what, LONGEST_WHAT);
    String name = who == null ? "" : checked("who", who, LONGEST_WHO);
    Instant now = clock.instant();
    Change change =
        new Change(
            changes.id(),
            Change.Kind.MARKER,
            Severity.INFO,
            at(at, now),
            now,
            "",
            "",
            sentence,
            name,
            List.of(),
            List.of(),
            List.of());
    changes.add(change);
    return change;
  }

  private static String checked(String key, @Nullable String text, int longest) {
    if (text == null || text.isBlank()) {
      throw new IllegalArgumentException(key + " is missing, expected a sentence");
    }
    if (text.length() > longest) {
      throw new IllegalArgumentException(
          "%s has %d characters, allowed are %d".formatted(key, text.length(), longest));
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(key + " holds control characters, expected one line");
    }
    return text.strip();
  }

  private static Instant at(@Nullable String text, Instant now) {
    if (text == null) {
      return now;
    }
    try {
      Instant at = OffsetDateTime.parse(text).toInstant();
      if (at.isAfter(now.plus(FUTURE))) {
        throw new IllegalArgumentException("at is in the future, expected when it was done");
      }
      return at;
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "at is no instant, expected one such as 2026-12-01T20:00:00Z", e);
    }
  }
}
