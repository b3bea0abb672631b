package io.mailcanary.api;

import io.mailcanary.mail.Severity;
import io.mailcanary.store.WatchStore;
import io.mailcanary.verdict.Change;
import io.mailcanary.watch.ChangeLog;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What became different: records, certificates, our own probe files, and markers that somebody
/// posted.
@Controller("/api/v1/changes")
@ExecuteOn(TaskExecutors.BLOCKING)
final class ChangeController {
  private static final int LONGEST_WHAT = 1_000;
  private static final int LONGEST_WHO = 200;
  private static final Duration FUTURE = Duration.ofMinutes(5);

  private final WatchStore store;
  private final ChangeLog changes;
  private final InstantSource clock;

  ChangeController(WatchStore store, ChangeLog changes, InstantSource clock) {
    this.store = store;
    this.changes = changes;
    this.clock = clock;
  }

  /// A marker.
  ///
  /// @param what a sentence, such as `border MX moved to new hardware`
  /// @param who who did it
  /// @param at when; now where it is left out
  record Marker(@Nullable String what, @Nullable String who, @Nullable String at) {}

  /// All changes, newest first.
  ///
  /// @param before only those older than the one with this id
  @Get
  Listing<ChangeResource> changes(
      @Nullable @QueryValue Integer limit, @Nullable @QueryValue String before) {
    int most = Listing.limit(limit);
    List<ChangeResource> page =
        store.changes(before, most + 1).stream().map(ChangeResource::of).toList();
    return Listing.of(page, most, ChangeResource::id);
  }

  /// Leaves a marker: what is going to be seen may have to do with it.
  @Post
  HttpResponse<ChangeResource> mark(@Body Marker marker) {
    String what = checked("what", marker.what(), LONGEST_WHAT);
    String who = marker.who() == null ? "" : checked("who", marker.who(), LONGEST_WHO);
    Instant now = clock.instant();
    Change change =
        new Change(
            changes.id(),
            Change.Kind.MARKER,
            Severity.INFO,
            at(marker.at(), now),
            now,
            "",
            "",
            what,
            who,
            List.of(),
            List.of(),
            List.of());
    changes.add(change);
    return HttpResponse.created(ChangeResource.of(change));
  }

  private static String checked(String key, @Nullable String text, int longest) {
    if (text == null || text.isBlank()) {
      throw new RefusedException(400, key + " is missing, expected a sentence");
    }
    if (text.length() > longest) {
      throw new RefusedException(
          400, "%s has %d characters, allowed are %d".formatted(key, text.length(), longest));
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new RefusedException(400, key + " holds control characters, expected one line");
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
        throw new RefusedException(400, "at is in the future, expected when it was done");
      }
      return at;
    } catch (DateTimeParseException e) {
      throw new RefusedException(
          400, "at is no instant, expected one such as 2026-12-01T20:00:00Z");
    }
  }
}
